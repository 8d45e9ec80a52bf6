"""In the context of which organization a session goes on.

Whose it is, and whether they may, rules above accounts know: who reads this asks them.
"""

from dataclasses import replace

from sqlalchemy import bindparam, select, update

from idp.accounts.errors import NotSignedIn
from idp.accounts.models import BrowserSession
from idp.accounts.sessions.find import LIVE, LiveSession
from idp.accounts.sessions.guard import STILL_UNCHANGED
from idp.core.clock import utcnow
from idp.core.db import changed_one, db, table_of

sessions = table_of(BrowserSession)

ENTER = (
    update(sessions)
    .where(sessions.c.id == bindparam("session_id"), *LIVE, STILL_UNCHANGED)
    .values(organization_id=bindparam("entered"))
)


def enter_organization(live: LiveSession, organization_id: str | None) -> LiveSession:
    """Go on in an organization's context, or in none; return the session as it is then.

    Raises NotSignedIn when the session, or what opens the account, is not any more what
    it was.
    """
    values = {
        "session_id": live.id,
        "entered": organization_id,
        "now": utcnow(),
        "of_user": live.user_id,
        "seen_version": live.security_version,
    }
    if not changed_one(ENTER, values):
        raise NotSignedIn
    return replace(live, organization_id=organization_id)


def leave_organization(organization_id: str, *, user_id: str) -> None:
    """Take the sessions of a user out of an organization's context."""
    there = sessions.c.organization_id == organization_id
    left = update(sessions).where(there, sessions.c.user_id == user_id)
    db.session.execute(left.values(organization_id=None))


def leave_closed_organization(organization_id: str, *, most: int) -> None:
    """Take sessions of whoever out of an organization's context, so many at most."""
    there = sessions.c.organization_id == organization_id
    some = db.session.scalars(select(sessions.c.id).where(there).limit(most)).all()
    if some:
        left = update(sessions).where(there, sessions.c.id.in_(some))
        db.session.execute(left.values(organization_id=None))
