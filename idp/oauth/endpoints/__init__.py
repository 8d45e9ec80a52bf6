"""Endpoints of the protocol: browsers call the first, programs the others."""

from idp.oauth.endpoints import authorize, documents, token, userinfo

BLUEPRINTS = (authorize.bp, documents.bp, token.bp, userinfo.bp)
