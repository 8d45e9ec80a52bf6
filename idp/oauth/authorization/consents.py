"""Remembered decisions of users about clients."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, literal, select

from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.db import changed_one, db, insert_of, table_of
from idp.core.prepared import Prepared
from idp.oauth.clients.cache import find_client_anew, usable
from idp.oauth.models import Client, Consent
from idp.security import audit

consents, clients = table_of(Consent), table_of(Client)


class ConsentRow(NamedTuple):
    """What is read of a consent."""

    scope: str
    declined_scope: str
    resources: list[str] | None


FIND = Prepared(
    select(consents.c.scope, consents.c.declined_scope, consents.c.resources).where(
        consents.c.user_id == bindparam("user_id"),
        consents.c.client_id == bindparam("client_id"),
    ),
    ConsentRow,
)
FORGET = delete(consents).where(
    consents.c.user_id == bindparam("of_user"),
    consents.c.client_id == bindparam("of_client"),
)

FORGET_ALL = delete(consents).where(consents.c.user_id == bindparam("of_user"))


@dataclass(frozen=True)
class Remembered:
    """The scope that a user has allowed a client so far, and what they left out.

    ``resources`` are the APIs that were named when they said yes.
    """

    allowed: frozenset[str] = frozenset()
    declined: frozenset[str] = frozenset()
    resources: frozenset[str] = frozenset()


NOTHING = Remembered()


def find_remembered(*, user_id: str, client_id: str) -> Remembered:
    """Return what a user decided about a client in the past."""
    row = FIND.one_or_none({"user_id": user_id, "client_id": client_id})
    if row is None:
        return NOTHING
    return Remembered(
        frozenset(row.scope.split()),
        frozenset(row.declined_scope.split()),
        frozenset(row.resources or ()),
    )


def remember(
    *,
    user_id: str,
    client_id: str,
    scope: str,
    declined: str = "",
    resources: Iterable[str] = (),
) -> None:
    """Add to what is remembered, and say so in the audit log.

    The newest answer counts: what was left out now is allowed no more, and what is
    allowed now is declined no more. Grants that exist keep what they were given.
    Raises NonRedirectableError if the client is gone.
    """
    known = find_remembered(user_id=user_id, client_id=client_id)
    yes, no = set(scope.split()), set(declined.split())
    named = known.resources.union(resources)
    merged: dict[str, Any] = {
        "scope": " ".join(sorted((known.allowed | yes) - no)),
        "declined_scope": " ".join(sorted((known.declined | no) - yes)),
        "resources": sorted(named) or None,
    }
    now = utcnow()
    row = {"user_id": user_id, "client_id": client_id, **merged}
    if not _write(row | {"created_at": now, "updated_at": now}, over=merged):
        usable(find_client_anew(client_id))
    audit.record(
        "consent.given",
        user_id=user_id,
        client_id=client_id,
        scope=scope.split(),
        declined=declined.split(),
    )


def forget(*, user_id: str, client_id: str) -> None:
    """Take a decision back: the client has to ask anew."""
    db.session.execute(FORGET, {"of_user": user_id, "of_client": client_id})


def forget_all(user_id: str) -> None:
    """Forget every decision of a user; grants are not touched."""
    db.session.execute(FORGET_ALL, {"of_user": user_id})


def _write(row: dict[str, Any], *, over: dict[str, Any]) -> bool:
    """Insert a row, or write ``over`` the one there is; False without the client.

    The client is held by the statement, so that it is not deleted beside it.
    """
    of_client = clients.c.client_id == row["client_id"]
    values = [literal(value, consents.c[name].type) for name, value in row.items()]
    found = select(*values).where(of_client).with_for_update(read=True, key_share=True)
    insert = insert_of(connection().dialect.name)
    adding = insert(consents).from_select(list(row), found, include_defaults=False)
    writing = adding.on_conflict_do_update(
        index_elements=["user_id", "client_id"],
        set_={**over, "updated_at": row["updated_at"]},
    )
    return changed_one(writing, {})
