"""Whether an entry of a directory is there and may not be used (pure).

Each kind of directory says so in attributes of its own. A lock after wrong passwords is
none of that: it goes by itself.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from idp.federation.ldap.entries import DirectoryEntry

ACCOUNT_DISABLED = 0x2  # [MS-ADTS] 2.2.16, userAccountControl
NEVER = frozenset({0, 0x7FFFFFFFFFFFFFFF})  # [MS-ADA1] accountExpires
WINDOWS_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FOR_GOOD = "000001010000Z"  # draft-behera-ldap-password-policy §5.3.3
TRUE = "true"
CONTROL, EXPIRES = "userAccountControl", "accountExpires"
LOCKED_AT, SHADOW_EXPIRE = "pwdAccountLockedTime", "shadowExpire"
FLAGS = ("nsAccountLock", "loginDisabled", "ds-pwp-account-disabled")
ATTRIBUTES = (CONTROL, EXPIRES, LOCKED_AT, SHADOW_EXPIRE, *FLAGS)


def is_disabled(entry: DirectoryEntry, *, now: datetime) -> bool:
    """Tell whether an entry says that its user may not sign in any more."""
    flagged = any(entry.texts(name)[:1] and _is_true(entry, name) for name in FLAGS)
    control = _number(entry.texts(CONTROL))
    return (
        flagged
        or bool(control and control & ACCOUNT_DISABLED)
        or FOR_GOOD in entry.texts(LOCKED_AT)
        or _has_expired(entry, now)
    )


def _is_true(entry: DirectoryEntry, name: str) -> bool:
    """Tell whether the first value of an attribute is true."""
    return entry.texts(name)[0].casefold() == TRUE


def _has_expired(entry: DirectoryEntry, now: datetime) -> bool:
    """Tell whether an account was for a time that is over."""
    ticks, days = _number(entry.texts(EXPIRES)), _number(entry.texts(SHADOW_EXPIRE))
    ends = []
    try:
        if ticks is not None and ticks not in NEVER:
            ends.append(WINDOWS_EPOCH + timedelta(microseconds=ticks // 10))
        if days is not None and days > 0:
            ends.append(UNIX_EPOCH + timedelta(days=days))
    except OverflowError:  # a time that nobody lives to see
        return False
    return any(end <= now for end in ends)


def _number(values: Sequence[str]) -> int | None:
    """Return the first value as a number."""
    try:
        return int(values[0])
    except (IndexError, ValueError):
        return None
