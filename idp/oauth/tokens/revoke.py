"""Ending grants: with them end their codes, refresh tokens and access tokens.

The families' rows are updated too, because a refresh ends in a guarded UPDATE of its
family: no token can be made beside a revocation (security.md §2).
"""

from sqlalchemy import ColumnElement, select, update

from idp.core.clock import utcnow
from idp.core.db import db, table_of
from idp.oauth.models import Grant, RefreshFamily

grants, families = table_of(Grant), table_of(RefreshFamily)


def revoke_grant(grant_id: str) -> None:
    """End one grant and all that came from it."""
    revoke_where(grants.c.id == grant_id)


def revoke_of_session(session_id: str) -> None:
    """End the grants that live with a browser session; offline ones outlive it."""
    revoke_where(
        (grants.c.browser_session_id == session_id) & grants.c.offline.is_(False)
    )


def revoke_of_sessions(user_id: str, *, except_session_id: str | None) -> None:
    """End the grants that live with a user's sessions, save those of one session."""
    spared = grants.c.browser_session_id.is_distinct_from(except_session_id)
    of_user = (grants.c.user_id == user_id) & grants.c.offline.is_(False)
    revoke_where(of_user & spared if except_session_id else of_user)


def revoke_of_user(user_id: str) -> None:
    """End all grants of a user, whatever they outlive."""
    revoke_where(grants.c.user_id == user_id)


def revoke_of_client(user_id: str, client_id: str) -> None:
    """End all that one client holds for a user, whatever it outlives."""
    revoke_where((grants.c.user_id == user_id) & (grants.c.client_id == client_id))


def revoke_where(which: ColumnElement[bool]) -> None:
    """End the grants that a condition names."""
    live = grants.c.revoked_at.is_(None)
    chosen = select(grants.c.id).where(which, live)
    of_chosen = families.c.grant_id.in_(chosen) & families.c.revoked_at.is_(None)
    now = utcnow()
    db.session.execute(update(families).where(of_chosen).values(revoked_at=now))
    db.session.execute(update(grants).where(which, live).values(revoked_at=now))
