"""The way on from a page that has become stale: answered elsewhere, or expired."""

from http import HTTPStatus

from flask import Response, make_response, redirect

from idp.web.authorization.destinations import waiting_room
from idp.web.redirects import local_path


def lead_on(return_to: str | None, *, signed_request: str | None) -> Response:
    """Lead to what waits; an expired request is restored from its signed copy."""
    path = local_path(return_to, default="/account")
    renewed = waiting_room().renew(path, signed_request or "")
    return make_response(redirect(renewed, code=HTTPStatus.SEE_OTHER))
