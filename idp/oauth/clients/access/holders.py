"""Groups and users that a declaration names, found and held until the commit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, delete, insert, select

from idp.accounts.groups.names import group_key
from idp.accounts.models import Group, User, UserEmail
from idp.accounts.names import email_key
from idp.core.db import db, table_of
from idp.core.text import is_storable
from idp.oauth.clients.access.members import Holders, refusal

groups, users = table_of(Group), table_of(User)
emails = table_of(UserEmail)


@dataclass(frozen=True)
class FoundHolders:
    """The same by their ids: of groups, of users."""

    groups: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()


def find_holders(named: Holders, *, member: str) -> FoundHolders:
    """Return who is named; InvalidClientMetadata for whom there is none of.

    They are not deleted before the commit.
    """
    return FoundHolders(
        frozenset(_find_groups(named.groups, member=member)),
        frozenset(_find_users(named.users, member=member)),
    )


def holder_names(
    group_table: Table,
    user_table: Table,
    *,
    key: str,
    ids: Iterable[str],
    by_id: bool,
) -> dict[str, Holders]:
    """Return who is in two tables of pairs, by the id in their column ``key``.

    Users go by their address, or else by their id.
    """
    wanted = list(ids)
    named = _names_of(
        select(group_table.c[key], groups.c.name)
        .join_from(group_table, groups)
        .where(group_table.c[key].in_(wanted))
        .order_by(groups.c.name_key)
    )
    addressed = _names_of(
        select(user_table.c[key], users.c.id if by_id else users.c.email)
        .join_from(user_table, users)
        .where(user_table.c[key].in_(wanted))
        .order_by(users.c.email_key)
    )
    return {
        one: Holders(tuple(named.get(one, ())), tuple(addressed.get(one, ())))
        for one in wanted
    }


def held_ids(
    group_table: Table, user_table: Table, *, key: str, of: str
) -> FoundHolders:
    """Return who is in two tables of pairs with an id."""
    of_groups = select(group_table.c.group_id).where(group_table.c[key] == of)
    of_users = select(user_table.c.user_id).where(user_table.c[key] == of)
    return FoundHolders(
        frozenset(db.session.execute(of_groups).scalars()),
        frozenset(db.session.execute(of_users).scalars()),
    )


def replace_pairs(
    group_table: Table, user_table: Table, *, key: str, of: str, by: FoundHolders
) -> None:
    """Let two tables of pairs hold these with an id, and no others."""
    for table, column, ids in (
        (group_table, "group_id", by.groups),
        (user_table, "user_id", by.users),
    ):
        db.session.execute(delete(table).where(table.c[key] == of))
        if ids:
            rows = [{key: of, column: one} for one in sorted(ids)]
            db.session.execute(insert(table), rows)


def _find_groups(names: Sequence[str], *, member: str) -> list[str]:
    """Return the ids of groups."""
    by_key = {group_key(name): name for name in names if is_storable(name)}
    found = _hold(select(groups.c.name_key, groups.c.id), groups.c.name_key.in_(by_key))
    _refuse_missing(names, {by_key[key] for key in found}, member=member, kind="group")
    return list(found.values())


def _find_users(names: Sequence[str], *, member: str) -> list[str]:
    """Return the ids of users, by address or id."""
    storable = [name for name in names if is_storable(name)]
    keys = {email_key(name): name for name in storable if "@" in name}
    ids = [name for name in storable if "@" not in name]
    addressed = _addressed(keys) if keys else {}
    wanted = {*addressed.values(), *ids}
    of_ids = users.c.id.in_(wanted)
    found = _hold(select(users.c.id, users.c.id), of_ids) if wanted else {}
    known = {*found, *(keys[key] for key, one in addressed.items() if one in found)}
    _refuse_missing(names, known, member=member, kind="user")
    return list(found)


def _addressed(keys: Iterable[str]) -> dict[str, str]:
    """Return the ids of users by the unique forms of any of their addresses."""
    named = select(emails.c.email_key, emails.c.user_id)
    found = db.session.execute(named.where(emails.c.email_key.in_(keys)))
    return {row.email_key: row.user_id for row in found}


def _hold(of: Any, where: Any) -> dict[str, str]:
    """Return pairs of columns, whose rows stay until the commit."""
    held = of.where(where).with_for_update(read=True, key_share=True)
    return {row[0]: row[1] for row in db.session.execute(held)}


def _refuse_missing(
    names: Sequence[str], found: set[str], *, member: str, kind: str
) -> None:
    """Raise for the first name that nothing has."""
    missing = [name for name in names if name not in found]
    if missing:
        raise refusal(member, f"there is no {kind} {missing[0]!r}")


def _names_of(pairs: Any) -> Mapping[str, list[str]]:
    """Return the second column by the first."""
    found: dict[str, list[str]] = {}
    for one, name in db.session.execute(pairs):
        found.setdefault(one, []).append(name)
    return found
