"""Time, read in one place, so that tests can move it and no row is naive."""

from datetime import UTC, datetime


def utcnow() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def unix(moment: datetime) -> int:
    """Return whole seconds since the epoch, as JWT claims want them (RFC 7519 §2)."""
    return int(moment.timestamp())
