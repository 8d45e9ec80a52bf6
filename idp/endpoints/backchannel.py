"""/oauth2/backchannel: providers say that sessions are over (Back-Channel 1.0)."""

from http import HTTPStatus

from flask import Blueprint, Response, jsonify, request

from idp.core.log import request_id
from idp.federation.providers.offered import find_offered
from idp.federation.sign_out.by_provider import end_by_notice
from idp.federation.upstream.errors import UpstreamError
from idp.web.browser import csrf
from idp.web.refusals.in_flask import explain
from idp.web.refusals.noting import Explanation

UNCACHED = {"Cache-Control": "no-store"}

bp = Blueprint("backchannel", __name__)


@bp.post("/oauth2/backchannel/<provider_id>")
@csrf.exempt  # a signature says who asks
def submit_notice(provider_id: str) -> Response:
    """End the sessions here that the notice is about; none is fine too."""
    provider = find_offered(provider_id)
    if provider is None:
        return _refused("provider")
    try:
        end_by_notice(provider, request.form.get("logout_token", ""))
    except UpstreamError as error:
        return _refused(error.reason)
    return Response(status=HTTPStatus.OK, headers=UNCACHED)


def _refused(reason: str) -> Response:
    """Return the answer to what is no notice for us (§2.8)."""
    explain(Explanation(error="invalid_request", check=reason))
    answer = jsonify(
        error="invalid_request", error_description=reason, request_id=request_id()
    )
    answer.status_code = HTTPStatus.BAD_REQUEST
    answer.headers.update(UNCACHED)
    return answer
