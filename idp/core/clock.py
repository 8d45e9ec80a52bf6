"""Time, read in one place, so that tests can move it and no row is naive."""

from collections.abc import Callable
from datetime import UTC, datetime


def system_time() -> datetime:
    """Read the machine's clock."""
    return datetime.now(UTC)


source: Callable[[], datetime] = system_time  # tests put their own clock here


def utcnow() -> datetime:
    """Return the present moment, aware, in UTC."""
    return source()


def unix(moment: datetime) -> int:
    """Return whole seconds since the epoch, as JWT claims want them (RFC 7519 §2)."""
    return int(moment.timestamp())
