"""Hosted pages of the authorization server."""

from idp.oauth.pages import account_choice, brand, connected_apps, consent, logout

BLUEPRINTS = (
    account_choice.bp,
    brand.bp,
    consent.bp,
    connected_apps.bp,
    logout.bp,
)
