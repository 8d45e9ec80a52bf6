"""Whether opened networks are reached: not for URLs that somebody else has set."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_PUBLIC_ALONE: ContextVar[bool] = ContextVar("public_alone", default=False)


@contextmanager
def public_addresses_alone(*, when: bool = True) -> Iterator[None]:
    """Reach no network that operators have opened, in all that is called here."""
    before = _PUBLIC_ALONE.set(_PUBLIC_ALONE.get() or when)
    try:
        yield
    finally:
        _PUBLIC_ALONE.reset(before)


def reaches_opened() -> bool:
    """Tell whether opened networks may be reached now."""
    return not _PUBLIC_ALONE.get()
