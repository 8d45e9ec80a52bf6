"""Endpoints of the protocol: browsers call the first, programs the others."""

from idp.endpoints import (
    authorize,
    device_authorization,
    documents,
    end_session,
    introspect,
    revoke,
    token,
    userinfo,
)

BLUEPRINTS = (
    authorize.bp,
    device_authorization.bp,
    documents.bp,
    end_session.bp,
    introspect.bp,
    revoke.bp,
    token.bp,
    userinfo.bp,
)
