"""Refusals that clients are told of: RFC 6749 §4.1.2.1 by redirect, §5.2 as JSON."""

from idp.oauth.protocol.machine import NO_STORE, MachineAnswer, json_answer


class OAuthRefusal(Exception):
    """A registered ``error`` code, with a hint for the caller.

    ``hint`` is the ``error_description``: fixed ASCII text without quotes, never a
    piece of the request. ``reason`` is a word for the operator that callers never see.
    """

    def __init__(
        self,
        error: str,
        hint: str,
        *,
        reason: str | None = None,
        status: int = 400,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(error)
        self.error = error
        self.hint = hint
        self.reason = reason
        self.status = status
        self.headers = headers

    def fields(self) -> dict[str, str]:
        """Return the fields of the error response."""
        return {"error": self.error, "error_description": self.hint}

    def answer(self) -> MachineAnswer:
        """Return the error response as JSON."""
        return json_answer(
            self.fields(),
            status=self.status,
            headers=(*NO_STORE, *self.headers),
        )


def invalid_request(hint: str) -> OAuthRefusal:
    """Return the refusal of parameters that are missing, malformed or at odds."""
    return OAuthRefusal("invalid_request", hint)


def invalid_grant(hint: str, *, reason: str | None = None) -> OAuthRefusal:
    """Return the refusal of a code or token that is worth nothing to its client."""
    return OAuthRefusal("invalid_grant", hint, reason=reason)
