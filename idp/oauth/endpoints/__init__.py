"""Endpoints that machines call."""

from idp.oauth.endpoints import documents, token, userinfo

BLUEPRINTS = (documents.bp, token.bp, userinfo.bp)
