"""POST /oauth2/device_authorization (RFC 8628 §3.1)."""

from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.oauth.authorization.checks import AskedAt, run_checks
from idp.oauth.clients.view import ClientView
from idp.oauth.device import codes as device_codes
from idp.oauth.device.codes import DeviceAuthorization
from idp.oauth.device.requests import PAGE
from idp.oauth.device.user_codes import shown_user_code
from idp.oauth.protocol.machine import MachineAnswer, MachineRequest, json_answer
from idp.oauth.protocol.token_request import TokenRequest
from idp.oauth.token_endpoint.callers import answer_client
from idp.oauth.token_endpoint.client_authentication import REFUSED, unauthenticated
from idp.web.machine.endpoint import Endpoint


def _respond(request: MachineRequest) -> MachineAnswer:
    """Give a device its codes: one to poll with, one for its user to type."""
    return answer_client(request, _start)


def _start(asked: TokenRequest, client: ClientView) -> MachineAnswer:
    """Store the request of a client that registered the grant."""
    passed = run_checks(asked.parameters, client, endpoint=AskedAt.DEVICE)
    started = device_codes.start(
        client.client_id,
        scope=passed["scope"],
        resource=passed["resource"],
        ip=asked.ip,
    )
    if started is None:
        raise unauthenticated(REFUSED, reason="disabled")
    return _answer(started)


def _answer(started: DeviceAuthorization) -> MachineAnswer:
    """Return the response of RFC 8628 §3.2."""
    page = current(ServerSettings).issuer + PAGE
    user_code = shown_user_code(started.user_code)
    return json_answer(
        {
            "device_code": started.device_code,
            "user_code": user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={user_code}",
            "expires_in": started.expires_in,
            "interval": started.interval,
        }
    )


ENDPOINT = Endpoint("/oauth2/device_authorization", _respond)
