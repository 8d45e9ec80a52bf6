"""Finding clients in a long list, with what they were used for lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from idp.core.clock import utcnow
from idp.core.db import db
from idp.core.paging import Page, PageRequest, page_of
from idp.core.paging.seeking import Order, seek
from idp.oauth.clients.account_client import ACCOUNT_CLIENT
from idp.oauth.clients.kinds import Kind
from idp.oauth.clients.view import DEVICE_CODE, PUBLIC
from idp.oauth.models import Client, Grant

LATELY = timedelta(days=30)
MOST_COUNTED = 1000  # an app of everybody's would be counted for a second
BY_NAME = Order((Client.client_name, Client.client_id))


@dataclass(frozen=True)
class Wanted:
    """What a list shows: ``text`` is part of a name or id; None means every."""

    text: str = ""
    kind: Kind | None = None
    disabled: bool | None = None


@dataclass(frozen=True)
class Usage:
    """Sign-ins in the last 30 days, and when the last one was.

    They are counted up to MOST_COUNTED, which stands for as many or more.
    """

    sign_ins: int
    last_sign_in_at: datetime


def search(wanted: Wanted, request: PageRequest, *, of: str) -> Page[Client]:
    """Return one page of clients by name, then id; ``of`` names the list."""
    found = select(Client).where(
        Client.client_id != ACCOUNT_CLIENT, Client.deleted_at.is_(None)
    )
    if wanted.text:
        found = found.where(
            or_(
                Client.client_name.icontains(wanted.text, autoescape=True),
                Client.client_id.icontains(wanted.text, autoescape=True),
            )
        )
    if wanted.kind:
        found = found.where(is_of_kind(wanted.kind))
    if wanted.disabled is not None:
        is_enabled = Client.disabled_at.is_(None)
        found = found.where(~is_enabled if wanted.disabled else is_enabled)
    rows = db.session.scalars(seek(found, BY_NAME, request=request, of=of)).all()
    return page_of(
        rows, request, of=of, position=lambda row: (row.client_name, row.client_id)
    )


def usage_of(client_ids: Sequence[str]) -> dict[str, Usage]:
    """Return how clients were used; who had no sign-in lately is not in it.

    Each completed authorization left a grant, so nothing is counted as it happens.
    """
    rows = db.session.execute(usage_query(client_ids, since=utcnow() - LATELY)).all()
    return {client_id: Usage(count, last) for client_id, count, last in rows if count}


def usage_query(client_ids: Sequence[str], *, since: datetime) -> Select[Any]:
    """Return the query of ids, numbers of sign-ins, and moments of the last one.

    Each client reads as much of the index as is counted, however often it is used.
    """
    of_client = Grant.client_id == Client.client_id, Grant.created_at > since
    newest = select(Grant.created_at).where(*of_client).correlate(Client)
    newest = newest.order_by(Grant.created_at.desc())
    some = newest.limit(MOST_COUNTED).subquery()
    count = select(func.count()).select_from(some).scalar_subquery()
    last = newest.limit(1).scalar_subquery()
    return select(Client.client_id, count, last).where(Client.client_id.in_(client_ids))


def is_of_kind(kind: Kind) -> ColumnElement[bool]:
    """Return ``client_kinds.kind_of`` as a condition."""
    nobody_returns = _member("response_types") == "[]"
    device = _member("grant_types").contains(f'"{DEVICE_CODE}"')
    native = _member("application_type") == "native"
    public = _member("token_endpoint_auth_method") == PUBLIC
    conditions = {
        Kind.DEVICE: and_(nobody_returns, device),
        Kind.MACHINE: and_(nobody_returns, ~device),
        Kind.NATIVE: and_(~nobody_returns, native),
        Kind.SPA: and_(~nobody_returns, ~native, public),
        Kind.WEB: and_(~nobody_returns, ~native, ~public),
    }
    return conditions[kind]


def _member(name: str) -> ColumnElement[Any]:
    """Return one member of the metadata as text."""
    text: ColumnElement[Any] = Client.registered[name].as_string()
    return text
