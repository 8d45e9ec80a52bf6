"""Hosted pages of the authorization server."""

from idp.oauth.pages import account_choice, brand, consent, logout

BLUEPRINTS = (account_choice.bp, brand.bp, consent.bp, logout.bp)
