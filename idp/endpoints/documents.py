"""Documents that anyone may read and keep for a while: discovery, keys, origins."""

from idp.accounts.factors.passkeys.relying_party import relying_party
from idp.core.context import current
from idp.oauth.discovery import ServerMetadata
from idp.oauth.keys.jwks import Document
from idp.oauth.keys.signer import Signer
from idp.oauth.protocol.machine import MachineAnswer, MachineRequest
from idp.web.machine.endpoint import Endpoint, Readers

HEADERS = (
    ("Content-Type", "application/json"),
    ("Cache-Control", "public, max-age=300"),
)


def _metadata(request: MachineRequest) -> MachineAnswer:
    """Answer what this server can do (OIDC Discovery 1.0 §4, RFC 8414 §3)."""
    return _answer(current(ServerMetadata).document, request)


def _jwks(request: MachineRequest) -> MachineAnswer:
    """Answer the public keys: current, next, and old ones still needed (RFC 7517)."""
    return _answer(current(Signer).jwks(), request)


def _webauthn(request: MachineRequest) -> MachineAnswer:
    """Answer on which origins passkeys may be used (WebAuthn §5.11)."""
    return _answer(Document.of({"origins": relying_party().origins}), request)


def _answer(document: Document, request: MachineRequest) -> MachineAnswer:
    """Return a document, or 304 when the request names its tag."""
    headers = (*HEADERS, ("ETag", document.etag))
    known = request.headers.get("if-none-match", "")
    if document.etag in known or known == "*":
        return MachineAnswer(304, headers, b"")
    return MachineAnswer(200, headers, document.body)


ENDPOINTS = tuple(
    Endpoint(path, respond, methods=("GET",), readers=Readers.ANYONE)
    for path, respond in (
        ("/.well-known/openid-configuration", _metadata),
        ("/.well-known/oauth-authorization-server", _metadata),
        ("/.well-known/jwks.json", _jwks),
        ("/.well-known/webauthn", _webauthn),
    )
)
