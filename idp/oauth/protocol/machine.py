"""What programs send to an endpoint, and what it answers: values, no framework."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NO_STORE = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))

as_json = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class MachineRequest:
    """A request that was read whole.

    ``headers`` has lower-case names; ``query`` is the raw query string without its
    question mark; ``ip`` and ``user_agent`` say who sent it.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    ip: str | None = None
    user_agent: str | None = None

    @property
    def media_type(self) -> str:
        """The type of the body without its parameters, empty when none was named."""
        named = self.headers.get("content-type", "")
        return named.partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class MachineRefusal:
    """Why an endpoint refuses: the caller is told ``error`` and ``description``.

    The rest is for whoever looks the request up: ``check`` is the word of what was not
    met, ``expected`` says what would have been, and ``client_id`` is of a registered
    client.
    """

    error: str
    description: str
    check: str = ""
    expected: str = ""
    client_id: str = ""

    def body(self, request_id: str) -> bytes:
        """Return the error response (RFC 6749 §5.2), under the request's reference."""
        told = {"error": self.error, "error_description": self.description}
        return as_json(told | {"request_id": request_id}).encode()


@dataclass(frozen=True, slots=True)
class MachineAnswer:
    """A status, headers in order, and the bytes of the body.

    An answer that is ``refused`` gets its body where the request's reference is known.

    ``readable_by`` are the web origins whose pages may read it: those of the client
    that is answered; None while no client is known (CORS, security.md §7).
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    readable_by: frozenset[str] | None = None
    refused: MachineRefusal | None = None


def json_answer(
    members: Mapping[str, Any],
    *,
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = NO_STORE,
) -> MachineAnswer:
    """Return members as a JSON object that, by default, may not be stored."""
    typed = (("Content-Type", "application/json"), *headers)
    return MachineAnswer(status, typed, as_json(members).encode())


def refused_answer(
    refused: MachineRefusal, *, status: int, headers: tuple[tuple[str, str], ...]
) -> MachineAnswer:
    """Return a refusal as JSON, still without its body."""
    typed = (("Content-Type", "application/json"), *headers)
    return MachineAnswer(status, typed, b"", refused=refused)
