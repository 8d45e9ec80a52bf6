"""Refusals that clients are told of: RFC 6749 §4.1.2.1 by redirect, §5.2 as JSON."""

from idp.oauth.protocol.machine import (
    NO_STORE,
    MachineAnswer,
    MachineRefusal,
    refused_answer,
)


class OAuthRefusal(Exception):
    """A registered ``error`` code, with a hint for the caller.

    ``hint`` is the ``error_description``: fixed ASCII text without quotes, never a
    piece of the request. Callers never see the rest, which is for whoever looks the
    request up: ``reason`` is a word, ``expected`` what would have passed, and
    ``client_id`` is of a registered client.
    """

    def __init__(
        self,
        error: str,
        hint: str,
        *,
        reason: str | None = None,
        expected: str = "",
        client_id: str = "",
        status: int = 400,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(error)
        self.error = error
        self.hint = hint
        self.reason = reason
        self.expected = expected
        self.client_id = client_id
        self.status = status
        self.headers = headers

    def fields(self) -> dict[str, str]:
        """Return the fields of the error response."""
        return {"error": self.error, "error_description": self.hint}

    def answer(self) -> MachineAnswer:
        """Return the error response as JSON."""
        refused = MachineRefusal(
            self.error,
            self.hint,
            check=self.reason or self.error,
            expected=self.expected,
            client_id=self.client_id,
        )
        return refused_answer(
            refused, status=self.status, headers=(*NO_STORE, *self.headers)
        )


def invalid_request(hint: str, *, reason: str | None = None) -> OAuthRefusal:
    """Return the refusal of parameters that are missing, malformed or at odds."""
    return OAuthRefusal("invalid_request", hint, reason=reason)


def invalid_grant(hint: str, *, reason: str | None = None) -> OAuthRefusal:
    """Return the refusal of a code or token that is worth nothing to its client."""
    return OAuthRefusal("invalid_grant", hint, reason=reason)
