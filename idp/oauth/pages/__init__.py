"""Hosted pages of the authorization server."""

from idp.oauth.pages import consent, logout

BLUEPRINTS = (consent.bp, logout.bp)
