"""POST /oauth2/token (RFC 6749 §3.2)."""

from idp.oauth.protocol.machine import MachineRequest
from idp.oauth.token_endpoint.server import respond
from idp.web.machine.endpoint import Endpoint, Readers, Work

ABOUT_NOBODY = b"grant_type=client_credentials"


def _work(request: MachineRequest) -> Work:
    """Say what a grant takes: a token about no user stands in no table."""
    return Work.MEMORY if ABOUT_NOBODY in request.body else Work.WRITING


ENDPOINT = Endpoint("/oauth2/token", respond, readers=Readers.REGISTERED, work=_work)
