"""Ending grants: with them end their codes, refresh tokens and access tokens.

The families' rows are updated too, because a refresh ends in a guarded UPDATE of its
family: no token can be made beside a revocation (security.md §2).
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select, update

from idp.core.clock import utcnow
from idp.core.db import db, table_of
from idp.oauth.clients.account_client import ACCOUNT_CLIENT
from idp.oauth.models import Grant, RefreshFamily

grants, families = table_of(Grant), table_of(RefreshFamily)


def revoke_grant(grant_id: str) -> None:
    """End one grant and all that came from it."""
    revoke_where(grants.c.id == grant_id)


def revoke_with_sessions(session_ids: Sequence[str]) -> None:
    """End the grants that live with browser sessions; offline ones outlive them."""
    revoke_where(
        grants.c.browser_session_id.in_(session_ids) & grants.c.offline.is_(False)
    )


def revoke_of_sessions(user_id: str, *, except_session_id: str | None) -> None:
    """End the grants that live with a user's sessions, save those of one session."""
    spared = grants.c.browser_session_id.is_distinct_from(except_session_id)
    of_user = (grants.c.user_id == user_id) & grants.c.offline.is_(False)
    revoke_where(of_user & spared if except_session_id else of_user)


def revoke_of_user(user_id: str, *, but_access_of: str | None = None) -> None:
    """End all grants of a user, whatever they outlive.

    Of the account API's grant of one session only the refresh tokens end.
    """
    whose = grants.c.user_id == user_id
    if but_access_of is None:
        revoke_where(whose)
        return
    asking = (grants.c.client_id == ACCOUNT_CLIENT) & (
        grants.c.browser_session_id.is_not_distinct_from(but_access_of)
    )
    revoke_where(whose & ~asking)
    _revoke_families(select(grants.c.id).where(whose & asking))


def revoke_of_client(user_id: str, client_id: str) -> None:
    """End all that one client holds for a user, whatever it outlives."""
    revoke_where((grants.c.user_id == user_id) & (grants.c.client_id == client_id))


def in_context(organization_id: str, *, user_id: str) -> ColumnElement[bool]:
    """Name the grants of a user in an organization's context."""
    there = grants.c.organization_id == organization_id
    return there & (grants.c.user_id == user_id)


def revoke_where(which: ColumnElement[bool]) -> None:
    """End the grants that a condition names."""
    live = grants.c.revoked_at.is_(None)
    _revoke_families(select(grants.c.id).where(which, live))
    ended = update(grants).where(which, live).values(revoked_at=utcnow())
    db.session.execute(ended)


def _revoke_families(of_grants: Select[Any]) -> None:
    """End the refresh tokens of some grants."""
    chosen = families.c.grant_id.in_(of_grants) & families.c.revoked_at.is_(None)
    db.session.execute(update(families).where(chosen).values(revoked_at=utcnow()))
