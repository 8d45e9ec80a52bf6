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
    piece of the request. What callers never see is for whoever looks the request up:
    ``reason`` is a word, ``expected`` and ``fix`` are sentences for developers,
    ``client_id`` names the registered client.
    """

    def __init__(
        self,
        error: str,
        hint: str,
        *,
        reason: str | None = None,
        expected: str = "",
        fix: str = "",
        client_id: str = "",
        status: int = 400,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(error)
        self.error = error
        self.hint = hint
        self.reason = reason
        self.expected = expected
        self.fix = fix
        self.client_id = client_id
        self.status = status
        self.headers = headers

    def fields(self) -> dict[str, str]:
        """Return the fields of the error response."""
        return {"error": self.error, "error_description": self.hint}

    def refused(self) -> MachineRefusal:
        """Return the refusal as a value."""
        return MachineRefusal(
            self.error,
            self.hint,
            check=self.reason or self.error,
            expected=self.expected,
            fix=self.fix,
            client_id=self.client_id,
        )

    def answer(self) -> MachineAnswer:
        """Return the error response as JSON."""
        return refused_answer(
            self.refused(), status=self.status, headers=(*NO_STORE, *self.headers)
        )


def invalid_request(
    hint: str, *, reason: str | None = None, fix: str = ""
) -> OAuthRefusal:
    """Return the refusal of parameters that are missing, malformed or at odds."""
    return OAuthRefusal("invalid_request", hint, reason=reason, fix=fix)


def invalid_grant(
    hint: str, *, reason: str | None = None, expected: str = "", fix: str = ""
) -> OAuthRefusal:
    """Return the refusal of a code or token that is worth nothing to its client."""
    return OAuthRefusal(
        "invalid_grant", hint, reason=reason, expected=expected, fix=fix
    )
