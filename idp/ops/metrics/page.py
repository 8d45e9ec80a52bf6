"""``/metrics``, for who has the token."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.exceptions import NotFound

from idp.core.context import current, service_of, services_of
from idp.core.randomness import same
from idp.oauth.protocol.machine import MachineAnswer
from idp.ops.metrics.scrape import Scrape
from idp.ops.metrics.settings import MetricsSettings
from idp.web.http.short import Probe, is_probe

bp = Blueprint("metrics", __name__)
ANSWERED_SECONDS = 9  # Prometheus waits for ten, and the database for two of them
BEARER = "Bearer"
TOKEN_NEEDED = "Send the token of IDP_METRICS_TOKEN: Authorization: Bearer.\n"  # noqa: S105 - no token


def _late() -> MachineAnswer:
    """Answer where even counting takes too long."""
    return MachineAnswer(HTTPStatus.SERVICE_UNAVAILABLE, (("Retry-After", "10"),), b"")


def _admits(app: Flask, headers: Mapping[str, str]) -> bool:
    """Tell whether numbers will be told: strangers hold no scrape up."""
    token = service_of(app, MetricsSettings).metrics_token
    sent = headers.get("authorization", "")
    return token is not None and may_read(sent, token=token)


@bp.get("/metrics")
@is_probe(Probe(ANSWERED_SECONDS, late=_late, admits=_admits))
def show_metrics() -> Response:
    """Tell what this node has counted, and how it stands with what all nodes share."""
    token = current(MetricsSettings).metrics_token
    if token is None:
        raise NotFound
    if not may_read(request.headers.get("Authorization", ""), token=token):
        refused = Response(TOKEN_NEEDED, HTTPStatus.UNAUTHORIZED, mimetype="text/plain")
        refused.headers["WWW-Authenticate"] = BEARER
        return refused
    accept = request.headers.get("Accept", "")
    told = current(Scrape).told(services_of(current_app), accept=accept)
    return Response(told.body, told.status, content_type=told.content_type)


def may_read(authorization: str, *, token: str) -> bool:
    """Tell whether a header has the token."""
    scheme, _, sent = authorization.partition(" ")
    return scheme.lower() == BEARER.lower() and same(sent.strip(), token)
