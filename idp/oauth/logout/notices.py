"""Who must be told that a browser session ended, and by which channel.

Told are the clients that were given a code in that session, also those whose grant has
been revoked since: the sessions they made of it for themselves may still be open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, insert, select

from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db, table_of
from idp.core.randomness import new_id
from idp.core.settings.server import ServerSettings
from idp.oauth.models import Client, Grant, LogoutDelivery
from idp.oauth.protocol.response_modes import with_query

KEPT = timedelta(days=7)

clients, grants = table_of(Client), table_of(Grant)
deliveries = table_of(LogoutDelivery)

GIVEN_IN = grants.c.browser_session_id.in_(bindparam("sids", expanding=True))
ADD = insert(deliveries)


@dataclass(frozen=True)
class SignedInClient:
    """A client that knows a session by its ``sid``, and where it wants to be told."""

    client_id: str
    client_name: str
    user_id: str
    sid: str
    backchannel_logout_uri: str | None
    frontchannel_logout_uri: str | None


def queue_notices(sids: Sequence[str]) -> None:
    """Write a back-channel notice for each client that wants one; a job sends it."""
    if sids:
        _queue(_find_clients(GIVEN_IN, {"sids": list(sids)}, hold=True))


def queue_notices_of_grants(which: ColumnElement[bool]) -> None:
    """Do so for the clients and sessions of some grants that have not ended yet.

    Their sessions go on here: what ends is what those clients were given in them.
    """
    unended = which & grants.c.revoked_at.is_(None)
    in_session = grants.c.browser_session_id.is_not(None)
    _queue(_find_clients(unended & in_session, {}, hold=True))


@dataclass(frozen=True)
class Frame:
    """A page of a client that ends its session in this browser."""

    client_name: str
    url: str


def frames_of(sid: str) -> list[Frame]:
    """Return what this browser has to load (OIDC Front-Channel Logout §3)."""
    told = {"iss": current(ServerSettings).issuer, "sid": sid}
    return [
        Frame(client.client_name, with_query(client.frontchannel_logout_uri, told))
        for client in _find_clients(GIVEN_IN, {"sids": [sid]})
        if client.frontchannel_logout_uri
    ]


def _queue(found: Iterable[SignedInClient]) -> None:
    """Write the notices of those clients that want one."""
    now = utcnow()
    notices = [
        {
            "id": new_id(),
            "client_id": client.client_id,
            "user_id": client.user_id,
            "sid": client.sid,
            "created_at": now,
            "next_try_at": now,
            "tries": 0,
            "expires_at": now + KEPT,
        }
        for client in found
        if client.backchannel_logout_uri
    ]
    if notices:
        db.session.execute(ADD, notices)


def _find_clients(
    which: ColumnElement[bool], values: Mapping[str, Any], *, hold: bool = False
) -> list[SignedInClient]:
    """Return each client of each session of some grants once, by name.

    What is queued for a client is to ``hold`` it: it is not deleted beside that.
    """
    signed_in_at = (
        select(grants.c.client_id, grants.c.user_id, grants.c.browser_session_id)
        .where(which)
        .distinct()
        .subquery()
    )
    find = (
        select(signed_in_at, clients.c.client_name, clients.c.registered)
        .join_from(signed_in_at, clients)
        .order_by(clients.c.client_name, clients.c.client_id)
    )
    if hold:
        find = find.with_for_update(read=True, key_share=True, of=clients)
    rows = db.session.execute(find, values).all()
    return [
        SignedInClient(
            client_id=row.client_id,
            client_name=row.client_name,
            user_id=row.user_id,
            sid=row.browser_session_id,
            backchannel_logout_uri=row.registered.get("backchannel_logout_uri"),
            frontchannel_logout_uri=row.registered.get("frontchannel_logout_uri"),
        )
        for row in rows
    ]
