"""The shape of a refusal on the account and admin surfaces."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import ClassVar, NamedTuple


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one input; ``code`` is stable.

    Rules give no text to users: ``word`` names it in ``web.words``, and is
    ``field.code`` unless said; ``values`` fill it in. ``message`` is set where the text
    is for developers, or was worded in the kit.
    """

    field: str
    code: str
    message: str = ""
    word: str = ""
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.word:
            object.__setattr__(self, "word", f"{self.field}.{self.code}")


class Trace(NamedTuple):
    """What the audit log keeps of a refusal that undoes all else."""

    event: str
    user_id: str | None
    detail: Mapping[str, str]


class IdpError(Exception):
    """Base of every expected error of the account and admin surfaces.

    ``code`` is a stable slug: clients and tests match on it, never on the title.
    ``title`` is safe to show to anyone; ids and causes belong in the log. ``headers``
    leave with the answer, like ``WWW-Authenticate``, and so do ``members`` if that is
    JSON. Raised, it undoes the unit of work
    and leaves its ``trace``; returned by a view, it is answered and the work stays.
    """

    code: ClassVar[str] = "internal_error"
    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    title: ClassVar[str] = "Something went wrong."
    headers: Mapping[str, str] = MappingProxyType({})
    members: Mapping[str, object] = MappingProxyType({})
    trace: Trace | None = None

    def __init__(self, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(self.title)
        self.errors = tuple(errors)


class Overloaded(IdpError):
    """No capacity now; the same request may work after ``retry_after_seconds``."""

    code = "overloaded"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "The server is busy. Try again in a moment."
    retry_after_seconds = 2


class RateLimited(IdpError):
    """Too many tries; ``retry_after_seconds`` says when the next one counts."""

    code = "too_many_requests"
    status = HTTPStatus.TOO_MANY_REQUESTS
    title = "Too many tries."

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds
