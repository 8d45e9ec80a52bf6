"""Access tokens presented to our own endpoints (RFC 6750)."""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from idp.oauth.protocol.machine import MachineRequest
from idp.oauth.protocol.parameters import FORM


@dataclass
class BearerError(Exception):
    """Why a request is not let in; ``error`` is None when it has no token (§3.1)."""

    status: int
    error: str | None = None
    description: str = ""
    scope: str | None = None

    def challenge(self, realm: str) -> str:
        """Return the WWW-Authenticate value of the answer."""
        members = {
            "realm": realm,
            "error": self.error,
            "error_description": self.description,
            "scope": self.scope,
        }
        shown = (f'{name}="{value}"' for name, value in members.items() if value)
        return "Bearer " + ", ".join(shown)


def invalid_token(description: str) -> BearerError:
    """Return the error of a token that is worth nothing here."""
    return BearerError(401, "invalid_token", description)


def presented_token(request: MachineRequest) -> str:
    """Return the one token of a request: in the header, or in the form of a POST.

    A token in the URL is refused, as it ends in logs and histories (RFC 9700 §4.3.2).
    """
    header = request.headers.get("authorization", "")
    scheme, _, from_header = header.partition(" ")
    from_form = _form_token(request)
    if _sent(request.query):
        raise BearerError(
            400, "invalid_request", "Send the token in the Authorization header."
        )
    if scheme.lower() != "bearer":
        if from_form is None:
            raise BearerError(401)
        return from_form
    if from_form is not None:
        raise BearerError(400, "invalid_request", "The token was sent twice.")
    return from_header.strip()


def _form_token(request: MachineRequest) -> str | None:
    """Return the token in a form body (§2.2)."""
    if request.method != "POST" or request.media_type != FORM:
        return None
    sent = _sent(request.body.decode(errors="replace"))
    if len(sent) > 1:
        raise BearerError(400, "invalid_request", "The token was sent twice.")
    return sent[0] if sent else None


def _sent(encoded: str) -> list[str]:
    """Return the values of ``access_token`` in a form or a query string."""
    if not encoded:
        return []
    pairs = parse_qsl(encoded, keep_blank_values=True)
    return [value for name, value in pairs if name == "access_token"]
