"""Hosted pages of the authorization server."""

from idp.oauth.pages import account_choice, consent, logout

BLUEPRINTS = (account_choice.bp, consent.bp, logout.bp)
