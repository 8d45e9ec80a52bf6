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
class MachineAnswer:
    """A status, headers in order, and the bytes of the body.

    ``readable_by`` are the web origins whose pages may read it: those of the client
    that is answered; None while no client is known (CORS, security.md §7).
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    readable_by: frozenset[str] | None = None


def json_answer(
    members: Mapping[str, Any],
    *,
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = NO_STORE,
) -> MachineAnswer:
    """Return members as a JSON object that, by default, may not be stored."""
    typed = (("Content-Type", "application/json"), *headers)
    return MachineAnswer(status, typed, as_json(members).encode())
