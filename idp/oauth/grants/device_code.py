"""grant_type=urn:ietf:params:oauth:grant-type:device_code (RFC 8628 §3.4)."""

from idp.core.clock import utcnow
from idp.oauth.clients.view import ClientView
from idp.oauth.device import codes as device_codes
from idp.oauth.device.codes import PollStatus
from idp.oauth.grants.resources import checked_resources
from idp.oauth.protocol.refusals import OAuthRefusal, invalid_grant, invalid_request
from idp.oauth.protocol.token_request import TokenRequest
from idp.oauth.tokens import issue
from idp.oauth.tokens.grants import find_grant
from idp.oauth.tokens.issue import TokenResponse

WORTHLESS = (
    "The device code is unknown or used, belongs to another client, or its "
    "authorization has ended. Start a new device authorization request."
)
# The errors of §3.5, each with what the device is told.
HINTS = {
    PollStatus.PENDING: (
        "The person has not answered yet. Poll again after the interval."
    ),
    PollStatus.TOO_SOON: "Wait five seconds longer between polls from now on.",
    PollStatus.EXPIRED: (
        "Nobody answered in time. Start a new device authorization request."
    ),
    PollStatus.DENIED: "The person said no.",
    PollStatus.WORTHLESS: WORTHLESS,
}


def exchange(request: TokenRequest, client: ClientView) -> TokenResponse:
    """Spend an allowed code, then issue: of parallel polls one passes.

    A wrong resource costs no code.
    """
    device_code = request.get("device_code")
    if device_code is None:
        raise invalid_request("device_code is missing.")
    status, grant_id = device_codes.poll(device_code, client_id=client.client_id)
    if status is not PollStatus.ALLOWED:
        raise OAuthRefusal(status.value, HINTS[status])
    grant = find_grant(grant_id) if grant_id else None
    if grant is None or not grant.live(utcnow()):
        raise invalid_grant(WORTHLESS)
    resources = checked_resources(request, grant.resource, client=client)
    if not device_codes.spend(device_code, client_id=client.client_id):
        raise invalid_grant(WORTHLESS)
    return issue.first_to_user_client(
        grant,
        client=client,
        resources=resources,
        by="device_code",
        sender=request.sender,
    )
