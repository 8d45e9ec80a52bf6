"""Undoing that an identity was linked or unlinked, by the link its owner was mailed."""

from datetime import datetime

from sqlalchemy import bindparam, select, update

from idp.accounts import one_time_tokens
from idp.accounts.factors.restoration import restore_before
from idp.accounts.models import UserStatus
from idp.accounts.sign_in.withdrawal import withdraw_access
from idp.accounts.users import get_user, hold_user
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import changed_one, db, table_of
from idp.core.sealing import Keyring
from idp.federation.links.notices import MAC_PURPOSE
from idp.federation.links.rows import Link, list_links, put_back, remove_links
from idp.federation.models import LinkChange
from idp.security import audit

changes = table_of(LinkChange)

UNDO = (
    update(changes)
    .where(changes.c.id == bindparam("change_id"))
    .where(changes.c.undone_at.is_(None), changes.c.undo_until > bindparam("now"))
    .values(undone_at=bindparam("now"))
)
SINCE = (
    changes.c.user_id == bindparam("of_user"),
    changes.c.changed_at >= bindparam("moment", type_=changes.c.changed_at.type),
)
REMOVED_SINCE = select(
    changes.c.provider_id, changes.c.subject, changes.c.email, changes.c.linked_at
).where(*SINCE, changes.c.added.is_(False))
UNDO_LATER_ONES = (
    update(changes)
    .where(*SINCE, changes.c.undone_at.is_(None))
    .values(undone_at=bindparam("now"))
)


def find_link_change(token: str) -> LinkChange | None:
    """Say what a link would undo; None when it is forged, used or expired."""
    change_id, _, mac = token.partition(".")
    if not current(Keyring).genuine(MAC_PURPOSE, change_id, presented=mac):
        return None
    change = db.session.get(LinkChange, change_id)
    if change is None or change.undone_at or change.undo_until <= utcnow():
        return None
    return change


def undo_link_change(token: str) -> LinkChange | None:
    """Have an account opened by what opened it before a change, once; None as above.

    The changer is out, as when a change of factors is undone: all sessions and grants
    end, those that the provider began among them, the password they know opens nothing,
    and later changes, of factors too, are undone.
    """
    change = find_link_change(token)
    if change is None:
        return None
    hold_user(change.user_id)
    if not changed_one(UNDO, {"change_id": change.id, "now": utcnow()}):
        return None
    if get_user(change.user_id).status == UserStatus.ACTIVE:
        one_time_tokens.withdraw_all(change.user_id)
    before = _links_before(change)
    withdraw_access(change.user_id)
    restore_before(change.user_id, change.changed_at)
    _restore(change.user_id, before, since=change.changed_at)
    event = "provider.unlinked" if change.added else "provider.linked"
    provider_id = change.provider_id
    audit.record(event, user_id=change.user_id, provider=provider_id, undone=True)
    return change


def _links_before(change: LinkChange) -> list[Link]:
    """Return what opened an account before a change that is undone."""
    values = {"of_user": change.user_id, "moment": change.changed_at}
    removed = [Link(*row) for row in db.session.execute(REMOVED_SINCE, values)]
    left = [
        Link(row.provider_id, row.subject, row.email, row.created_at)
        for row in list_links(change.user_id)
    ]
    own = Link(change.provider_id, change.subject, change.email, change.linked_at)
    return [
        link
        for link in (*left, *removed)
        if link.created_at < change.changed_at or (link == own and not change.added)
    ]


def _restore(user_id: str, before: list[Link], *, since: datetime) -> None:
    """Put links back to what they were; the links of later notices work no more."""
    remove_links(user_id)
    for link in before:
        put_back(user_id, link)
    values = {"of_user": user_id, "moment": since, "now": utcnow()}
    db.session.execute(UNDO_LATER_ONES, values)
