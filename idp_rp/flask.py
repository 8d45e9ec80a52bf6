"""The backend for frontend as a Flask blueprint: ``pip install idp-rp[flask]``."""

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from idp_rp.bff import Bff
from idp_rp.messages import BffRequest, BodyTooLarge

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def bff_blueprint(bff: Bff, *, name: str = "bff") -> Blueprint:
    """Return a blueprint that answers below the prefix of ``bff``."""
    blueprint = Blueprint(name, __name__, url_prefix=bff.settings.prefix)

    def answer(path: str) -> Response:
        found = bff.answer(_neutral(f"/{path}"))
        body = found.body if found.stream is None else found.stream
        response = Response(body, status=found.status)
        response.headers.clear()
        for key, value in found.headers:
            response.headers.add(key, value)
        return response

    blueprint.add_url_rule(
        "/<path:path>",
        "answer",
        answer,
        methods=METHODS,
        provide_automatic_options=False,
        merge_slashes=False,
    )
    return blueprint


def _neutral(path: str) -> BffRequest:
    """Return the request that Flask is in.

    Servers say the path as it was sent by one of two names, or not at all.
    """
    environ = request.environ
    raw = environ.get("REQUEST_URI") or environ.get("RAW_URI")
    return BffRequest(
        method=request.method,
        path=path,
        raw_path=raw.partition("?")[0] if isinstance(raw, str) else None,
        query=request.query_string.decode("latin-1"),
        headers=list(request.headers.items()),
        read=_read,
    )


def _read(limit: int) -> bytes:
    request.max_content_length = limit
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        raise BodyTooLarge from error
