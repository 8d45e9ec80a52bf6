"""One refusal, as it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalRecord:
    """What was refused under a reference, by which check, and what helps.

    ``error`` is the code that the caller read, ``check`` the word of what was not met.
    ``client_id`` is that of a registered client, else empty; ``known`` tells whether
    there is one, or a user or program of ours. ``received`` holds no secret
    (``refusals.received``); ``expected`` and ``fix`` are for developers.
    """

    reference: str
    at: datetime
    endpoint: str
    status: int
    error: str
    client_id: str
    known: bool
    check: str
    received: Mapping[str, str]
    expected: str
    fix: str

    @property
    def ring(self) -> tuple[bool, str]:
        """What it is kept with: of each ring the newest stay."""
        return self.known, self.client_id
