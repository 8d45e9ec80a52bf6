"""Endpoints of the protocol: browsers call the first, programs the others."""

from idp.endpoints import (
    authorize,
    backchannel,
    device_authorization,
    documents,
    end_session,
    introspect,
    revoke,
    token,
    userinfo,
)

BLUEPRINTS = (authorize.bp, end_session.bp, backchannel.bp)
FOR_PROGRAMS = (
    token.ENDPOINT,
    userinfo.ENDPOINT,
    introspect.ENDPOINT,
    revoke.ENDPOINT,
    device_authorization.ENDPOINT,
    *documents.ENDPOINTS,
)
