"""Groups declared in a file (``--seed``): made so at every start."""

from collections.abc import Mapping
from typing import Any

from idp.accounts.groups.members import add_member
from idp.accounts.groups.registry import (
    GroupDeclaration,
    InvalidGroup,
    change_group,
    create_group,
    find_group,
)
from idp.accounts.models import User
from idp.accounts.users import find_by_login
from idp.core.errors import FieldError

MEMBERS = frozenset({"name", "description", "members"})


def apply_group(declared: Mapping[str, Any]) -> list[str]:
    """Make one declared group so, with these members too; again changes nothing.

    Who was put into it otherwise stays. Raises InvalidGroup and GroupNameTaken.
    """
    unknown = sorted(declared.keys() - MEMBERS)
    if unknown:
        raise _refusal(unknown[0], "not supported")
    name = declared.get("name")
    if not isinstance(name, str):
        raise _refusal("name", "must be given")
    users = _users(declared.get("members", []))
    wanted = GroupDeclaration(name, declared.get("description", ""))
    group = find_group(name)
    if group is None:
        group = create_group(wanted)
    else:
        change_group(group, wanted)
    for user in users:
        add_member(group, user)
    return []


def _users(value: object) -> list[User]:
    """Return the users that are named by address or username."""
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise _refusal("members", "must be a list of addresses or usernames")
    found = {login: find_by_login(login) for login in value}
    missing = [login for login, user in found.items() if user is None]
    if missing:
        raise _refusal("members", f"there is no user {missing[0]!r}")
    return [user for user in found.values() if user is not None]


def _refusal(name: str, message: str) -> InvalidGroup:
    """Return the error of one member."""
    return InvalidGroup([FieldError(name, InvalidGroup.code, message)])
