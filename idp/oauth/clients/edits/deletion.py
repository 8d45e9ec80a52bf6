"""The end of a client: at once for all who use it, its rows as fast as others allow.

Of a client that few use all goes in one transaction. Millions of grants in one would
keep SQLite's writers, or the table's, waiting for minutes: such a client is switched
off and hidden, and a job takes what hangs on it, a batch at a time, and the client at
last. A job that dies goes on where it was.
"""

from collections.abc import Callable, Iterator
from typing import Any, cast

from sqlalchemy import CursorResult, Select, Table, delete, exists, select

from idp.accounts.policies.keys import Scope
from idp.accounts.policies.rows import forget_place
from idp.core.clock import utcnow
from idp.core.db import begin_writing, db, table_of
from idp.oauth.clients.changes import get_client, hold_client, record_change
from idp.oauth.models import (
    AuthorizationCode,
    Client,
    ClientTrial,
    Consent,
    DeviceCode,
    Grant,
    LogoutDelivery,
    RefreshFamily,
)

AT_ONCE = 500

grants, consents = table_of(Grant), table_of(Consent)
# What is in use with a grant, in the order in which others hold it: a redemption its
# code and then the grant, a sign-out refresh families and then grants.
OF_GRANTS = tuple(map(table_of, (AuthorizationCode, DeviceCode, RefreshFamily)))
OF_CLIENT = tuple(map(table_of, (ClientTrial, DeviceCode, LogoutDelivery, Consent)))


def delete_client(
    client_id: str,
    *,
    review: Callable[[Client], None] = lambda _client: None,
    by: str | None = None,
) -> None:
    """Remove a client with all it was granted; ``review`` may refuse, as at a change.

    Access tokens it holds end by themselves within minutes; userinfo and introspection
    refuse them at once. Raises UnknownClient.
    """
    get_client(client_id)
    begin_writing()
    few = _is_used_by_few(client_id)
    if few:
        _delete_what_hangs_on(client_id)
    client = hold_client(client_id)
    review(client)
    if few:
        db.session.execute(delete(Client).where(Client.client_id == client_id))
    else:
        client.deleted_at = utcnow()
        client.disabled_at = client.disabled_at or client.deleted_at
    forget_place((Scope.CLIENT, client_id))
    record_change(client_id, event="client.deleted", by=by)


def erase_some() -> int:
    """Take a batch of what hangs on a client that was deleted; return how many rows.

    When nothing does any more, the client goes.
    """
    deleted = select(Client.client_id).where(Client.deleted_at.is_not(None)).limit(1)
    client_id = db.session.scalar(deleted)
    if client_id is None:
        return 0
    left = AT_ONCE
    for rows in _batches(client_id):
        left -= _take(rows, most=left)
        if not left:
            return AT_ONCE
    if not db.session.scalar(_grants_of(client_id).limit(1)):
        db.session.execute(delete(Client).where(Client.client_id == client_id))
    return AT_ONCE - left


def _is_used_by_few(client_id: str) -> bool:
    """Tell whether what hangs on a client is no more than goes at once."""
    return all(
        len(db.session.execute(found.limit(AT_ONCE + 1)).all()) <= AT_ONCE
        for found in (
            _grants_of(client_id),
            select(consents.c.user_id).where(consents.c.client_id == client_id),
        )
    )


def _delete_what_hangs_on(client_id: str) -> None:
    """Delete what others hold before they hold the client, in their order."""
    trials, devices = table_of(ClientTrial), table_of(DeviceCode)
    db.session.execute(delete(trials).where(trials.c.client_id == client_id))
    for table in OF_GRANTS:
        of_grants = table.c.grant_id.in_(_grants_of(client_id))
        db.session.execute(delete(table).where(of_grants))
    for table in (devices, grants):
        db.session.execute(delete(table).where(table.c.client_id == client_id))


def _grants_of(client_id: str) -> Select[Any]:
    """Return the query of the ids of a client's grants."""
    return select(grants.c.id).where(grants.c.client_id == client_id)


def _batches(client_id: str) -> Iterator[tuple[Table, Select[Any]]]:
    """Yield tables and queries of the keys of their rows, in the order to delete them.

    A grant goes once nothing hangs on it.
    """
    some = db.session.scalars(_grants_of(client_id).limit(AT_ONCE)).all()
    for table in OF_GRANTS:
        yield table, select(*table.primary_key).where(table.c.grant_id.in_(some))
    held = (exists().where(table.c.grant_id == grants.c.id) for table in OF_GRANTS)
    unheld = grants.c.id.in_(some), *(~each for each in held)
    yield grants, select(grants.c.id).where(*unheld)
    for table in OF_CLIENT:
        of_client = table.c.client_id == client_id
        yield table, select(*table.primary_key).where(of_client)


def _take(rows: tuple[Table, Select[Any]], *, most: int) -> int:
    """Delete some of the rows that nobody holds; return how many.

    A request that holds one is not waited for: it would wait for the next. Of a key of
    two columns, one is what they were found by: SQLite reads a whole table for pairs.
    """
    table, found = rows
    free = found.limit(most).with_for_update(skip_locked=True, of=table)
    keys = db.session.scalars(free).all()
    if not keys:
        return 0
    named, *more = table.primary_key
    taken = delete(table).where(named.in_(keys))
    if more and found.whereclause is not None:
        taken = taken.where(found.whereclause)
    gone = db.session.execute(taken)
    return cast("CursorResult[Any]", gone).rowcount
