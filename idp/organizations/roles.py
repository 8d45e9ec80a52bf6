"""Roles of members: three that are known here, others that apps read (pure)."""

import re
from collections.abc import Iterable

OWNER, ADMIN, MEMBER = "owner", "admin", "member"
BUILT_IN = (OWNER, ADMIN, MEMBER)  # the highest first
NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")


def joined(names: Iterable[str]) -> str:
    """Return roles as they are stored: the highest of ours, then the others by name.

    Who is given none of ours is a member.
    """
    given = frozenset(names)
    ours = next((role for role in BUILT_IN if role in given), MEMBER)
    return " ".join([ours, *sorted(given.difference(BUILT_IN))])


def further(roles: str) -> frozenset[str]:
    """Return what of stored roles is the organization's own."""
    return frozenset(roles.split()).difference(BUILT_IN)


def role_name_mistake(name: object) -> str:
    """Return the code of what is wrong with the name of a new role, or nothing."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        return "invalid"
    return "built_in" if name in BUILT_IN else ""
