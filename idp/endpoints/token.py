"""POST /oauth2/token (RFC 6749 §3.2)."""

from idp.oauth.token_endpoint.server import respond
from idp.web.machine.endpoint import Endpoint, Readers

ENDPOINT = Endpoint("/oauth2/token", respond, readers=Readers.REGISTERED)
