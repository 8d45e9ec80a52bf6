"""The rows of invites: their states, and the one statement that each state begins by.

An invite that is open is accepted, declined or withdrawn once: of several at once, one
changes the row.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, select, update
from sqlalchemy.sql.dml import UpdateBase

from idp.core.clock import utcnow
from idp.core.db import changed_one, db, table_of
from idp.core.randomness import digest
from idp.organizations.models import Invite

invites = table_of(Invite)

UNANSWERED = and_(
    invites.c.accepted_at.is_(None),
    invites.c.declined_at.is_(None),
    invites.c.withdrawn_at.is_(None),
)
OPEN = and_(UNANSWERED, invites.c.expires_at > bindparam("now"))
THIS = invites.c.id == bindparam("of_invite")
# Once it was sent anew the link of before is void.
BY_LINK = invites.c.digest == bindparam("shown")

ACCEPT = (
    update(invites)
    .where(THIS, BY_LINK, OPEN)
    .values(accepted_at=bindparam("now"), accepted_by=bindparam("by_user"))
)
DECLINE = (
    update(invites).where(THIS, BY_LINK, OPEN).values(declined_at=bindparam("now"))
)
WITHDRAW = update(invites).where(THIS, UNANSWERED).values(withdrawn_at=bindparam("now"))
RENEW = (
    update(invites)
    .where(THIS, UNANSWERED)
    .values(
        digest=bindparam("new_digest"),
        mailed=bindparam("is_mailed"),
        expires_at=bindparam("until"),
    )
)
NAME_ACCEPTOR = update(invites).where(THIS).values(accepted_by=bindparam("by_user"))


class InviteState(StrEnum):
    """What has become of an invite."""

    OPEN = "open"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


def state_of(invite: Invite, *, now: datetime) -> InviteState:
    """Return what has become of an invite by ``now``."""
    if invite.accepted_at:
        return InviteState.ACCEPTED
    if invite.declined_at:
        return InviteState.DECLINED
    if invite.withdrawn_at:
        return InviteState.WITHDRAWN
    return InviteState.OPEN if invite.expires_at > now else InviteState.EXPIRED


def is_in(state: InviteState, *, now: datetime) -> ColumnElement[bool]:
    """Return the condition of the rows that are in a state."""
    conditions: dict[InviteState, ColumnElement[bool]] = {
        InviteState.OPEN: and_(UNANSWERED, invites.c.expires_at > now),
        InviteState.EXPIRED: and_(UNANSWERED, invites.c.expires_at <= now),
        InviteState.ACCEPTED: invites.c.accepted_at.is_not(None),
        InviteState.DECLINED: invites.c.declined_at.is_not(None),
        InviteState.WITHDRAWN: invites.c.withdrawn_at.is_not(None),
    }
    return conditions[state]


def find_by_token(token: str) -> Invite | None:
    """Return the invite of a link, in any state; a browser may send any text."""
    if not token.isascii():
        return None
    return db.session.scalar(select(Invite).where(Invite.digest == digest(token)))


def close(statement: UpdateBase, invite: Invite, **values: Any) -> bool:
    """Run ACCEPT, DECLINE or WITHDRAW on an invite as it was read; False if late."""
    given = {"of_invite": invite.id, "now": utcnow()} | values
    changed = changed_one(statement, given)
    db.session.expire(invite)
    return changed
