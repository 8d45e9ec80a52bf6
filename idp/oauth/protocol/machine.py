"""What programs send to an endpoint, and what it answers: values, no framework."""

from collections.abc import Mapping
from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class MachineAnswer:
    """A status, headers in order, and the bytes of the body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
