"""The ways in which an authorization request is refused."""

from idp.oauth.protocol.response_modes import ReplyTo


class AuthorizationError(Exception):
    """A refusal that the client is told of by redirect (RFC 6749 §4.1.2.1).

    ``error`` is a registered code. ``description`` is for the client's developer: fixed
    ASCII text without quotes, never a piece of the request.
    """

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error = error
        self.description = description

    def fields(self) -> dict[str, str]:
        """Return the fields of the error response."""
        return {"error": self.error, "error_description": self.description}


class RefusedRequest(Exception):
    """An AuthorizationError together with where it is to be sent."""

    def __init__(self, reply_to: ReplyTo, refusal: AuthorizationError) -> None:
        super().__init__(refusal.error)
        self.reply_to = reply_to
        self.refusal = refusal


class NonRedirectableError(Exception):
    """A request that must not be answered by redirect, as nobody vouches for the way.

    ``reason`` is a stable slug; ``client_name`` is known when only the redirect URI is
    wrong; ``findings`` say in words what differs from the nearest registered URI.
    """

    def __init__(
        self,
        reason: str,
        *,
        client_name: str | None = None,
        findings: tuple[str, ...] = (),
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.client_name = client_name
        self.findings = findings


def invalid_request(description: str) -> AuthorizationError:
    """Return the error for parameters that are missing, malformed or at odds."""
    return AuthorizationError("invalid_request", description)
