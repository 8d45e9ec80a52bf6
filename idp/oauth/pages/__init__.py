"""Hosted pages of the authorization server."""

from idp.oauth.pages import consent

BLUEPRINTS = (consent.bp,)
