"""Grants: what a user has allowed a client, from the moment they said so."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn

from sqlalchemy import Boolean, Join, and_, bindparam, exists, insert, select

from idp.accounts.errors import NotSignedIn
from idp.accounts.models import BrowserSession, User, UserStatus
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.guard import UNCHANGED
from idp.core.context import current
from idp.core.db import table_of
from idp.core.prepared import Prepared
from idp.core.randomness import new_id
from idp.oauth.clients.cache import find_client_anew, usable
from idp.oauth.models import Client, Grant
from idp.oauth.protocol.claims import ORG_ID, ORG_ROLES
from idp.oauth.protocol.scopes import ACCOUNT, OFFLINE_ACCESS
from idp.oauth.settings import OAuthSettings
from idp.organizations.contexts.places import (
    IN_USE,
    MemberPlace,
    memberships,
    organizations,
)
from idp.organizations.contexts.policies import end_in_context

grants, users = table_of(Grant), table_of(User)
sessions, clients = table_of(BrowserSession), table_of(Client)

# In the context of an organization that is out of use nothing counts, although a job
# may have yet to end it.
CONTEXT_IN_USE = (
    exists()
    .where(organizations.c.id == grants.c.organization_id, IN_USE)
    .correlate(grants)
)
# What of a grant still counts, at the moment ``now``; LIVE wants the table of users.
UNENDED = (grants.c.revoked_at.is_(None), grants.c.expires_at > bindparam("now"))
LIVE = (
    *UNENDED,
    users.c.status == UserStatus.ACTIVE,
    grants.c.organization_id.is_(None) | CONTEXT_IN_USE,
)
SNAPSHOT = (
    grants.c.id.label("grant_id"),
    grants.c.user_id,
    grants.c.browser_session_id,
    grants.c.scope,
    grants.c.auth_time,
    grants.c.acr,
    grants.c.amr,
    grants.c.claims,
    grants.c.resource,
    grants.c.organization_id,
    memberships.c.roles.label("organization_roles"),
    grants.c.created_at,
    grants.c.expires_at.label("grant_expires_at"),
    grants.c.revoked_at.label("grant_revoked_at"),
    users.c.status,
    users.c.username,
    users.c.email,
)
# The place behind a grant that is in an organization's context.
IN_CONTEXT = and_(
    memberships.c.organization_id == grants.c.organization_id,
    memberships.c.user_id == grants.c.user_id,
    CONTEXT_IN_USE,
)
FIND = Prepared(
    select(*SNAPSHOT)
    .join_from(grants, users, grants.c.user_id == users.c.id)
    .outerjoin(memberships, IN_CONTEXT)
    .where(grants.c.id == bindparam("grant_id"))
)
COLUMNS = (
    "id", "user_id", "client_id", "browser_session_id", "scope", "offline",
    "auth_time", "acr", "amr", "claims", "resource", "organization_id", "created_at",
    "expires_at",
)  # fmt: skip
# User, session and client are looked at, and held, by the statement that adds a grant.
# What ends a session first changes its row and then ends its grants, so none is added
# beside it; the client may have been deleted or switched off on another node, or be
# first-party no more: all of the account is for no other. The user comes first, here
# and wherever both are held.
CLIENT_USABLE = and_(
    clients.c.client_id == bindparam("client_id"),
    clients.c.disabled_at.is_(None),
    clients.c.first_party | ~bindparam("whole_account", type_=Boolean),
)
HELD = users.join(sessions, sessions.c.user_id == users.c.id).join(
    clients, CLIENT_USABLE
)
# The same of a grant in an organization's context, and the user's place there. Rows are
# held in this order: what ends a membership holds the organization before sessions.
HELD_IN_CONTEXT = (
    users.join(
        organizations, (organizations.c.id == bindparam("organization_id")) & IN_USE
    )
    .join(
        memberships,
        (memberships.c.organization_id == organizations.c.id)
        & (memberships.c.user_id == users.c.id),
    )
    .join(sessions, sessions.c.user_id == users.c.id)
    .join(clients, CLIENT_USABLE)
)


def _adding(held: Join) -> Prepared[Any]:
    """Return the statement that adds a grant while all that is held stands."""
    found = (
        select(*(bindparam(name, type_=grants.c[name].type) for name in COLUMNS))
        .select_from(held)
        .where(
            sessions.c.id == bindparam("browser_session_id"),
            sessions.c.token_digest == bindparam("session_token_digest"),
            sessions.c.ended_at.is_(None),
            sessions.c.expires_at > bindparam("created_at"),
            *UNCHANGED,
        )
        .with_for_update(read=True)
    )
    return Prepared(insert(grants).from_select(COLUMNS, found, include_defaults=False))


ADD, ADD_IN_CONTEXT = _adding(HELD), _adding(HELD_IN_CONTEXT)


@dataclass(frozen=True, slots=True)
class GrantSnapshot:
    """One grant and its user, read by one SELECT (SNAPSHOT).

    ``organization_roles`` are the user's in the organization of its context, words
    apart by a space.
    """

    grant_id: str
    user_id: str
    browser_session_id: str | None
    scope: str
    auth_time: datetime
    acr: str | None
    amr: list[str]
    claims: dict[str, Any] | None
    resource: list[str] | None
    organization_id: str | None
    organization_roles: str | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    user_status: str
    username: str | None
    email: str

    def live(self, now: datetime) -> bool:
        """Tell whether tokens may still come from it: LIVE, of values."""
        ended = self.revoked_at is not None or self.expires_at <= now
        return not (ended or self._left) and self.user_status == UserStatus.ACTIVE

    @property
    def _left(self) -> bool:
        """Tell whether it was for an organization out of use, or left by its user."""
        return self.organization_id is not None and self.organization_roles is None


@dataclass(frozen=True, kw_only=True)
class GrantParameters:
    """What a user allows a client.

    ``session`` is the one in which they did; a grant without ``offline_access`` ends
    with it at the latest. ``claims`` is the ``claims`` parameter (OIDC Core §5.5),
    ``resource`` the resource indicators (RFC 8707 §2), ``organization`` the user's
    place in whose context it is.
    """

    client_id: str
    session: LiveSession
    scope: str
    acr: str | None = None
    claims: dict[str, Any] | None = None
    resource: list[str] | None = None
    organization: MemberPlace | None = None


def find_grant(grant_id: str) -> GrantSnapshot | None:
    """Return a grant, live or not."""
    row = FIND.one_or_none({"grant_id": grant_id})
    return GrantSnapshot(*row) if row else None


def context_claims(grant: GrantSnapshot) -> dict[str, Any]:
    """Return what tokens say of the organization in whose context they are."""
    if grant.organization_id is None:
        return {}
    roles = (grant.organization_roles or "").split()
    return {ORG_ID: grant.organization_id, ORG_ROLES: roles}


def store_grant(allowed: GrantParameters, *, now: datetime) -> GrantSnapshot:
    """Store a grant and return it.

    Raises NotSignedIn if the session is over by now, the user not in the organization
    any more, or the client first-party no more: then the request is to be judged
    anew. Raises NonRedirectableError if the client is gone or switched off.
    """
    grant_id, session = new_id(), allowed.session
    offline = OFFLINE_ACCESS in allowed.scope.split(" ")
    row = {
        "id": grant_id,
        "user_id": session.user_id,
        "client_id": allowed.client_id,
        "browser_session_id": session.id,
        "session_token_digest": session.token_digest,
        "of_user": session.user_id,
        "seen_version": session.security_version,
        "scope": allowed.scope,
        "whole_account": ACCOUNT in allowed.scope.split(" "),
        "offline": offline,
        "auth_time": session.auth_time,
        "acr": allowed.acr,
        "amr": session.amr,
        "claims": allowed.claims,
        "resource": allowed.resource,
        "organization_id": None,
        "created_at": now,
        "expires_at": _expires_at(allowed, now=now, offline=offline),
    }
    place, adding = allowed.organization, ADD
    if place:
        row["organization_id"], adding = place.organization_id, ADD_IN_CONTEXT
    if not adding.changes_one(row):
        _refuse(allowed.client_id)
    return _snapshot_of(row, session, roles=place.roles if place else None)


def _expires_at(allowed: GrantParameters, *, now: datetime, offline: bool) -> datetime:
    """Return when a grant ends, sooner in the context of a strict organization."""
    session, place = allowed.session, allowed.organization
    lifetime = timedelta(seconds=current(OAuthSettings).refresh_lifetime_seconds)
    ends = [now + lifetime]
    if not offline:
        ends.append(session.expires_at)
    there = place and end_in_context(place.organization_id, auth_time=session.auth_time)
    return min([*ends, there] if there else ends)


def _refuse(client_id: str) -> NoReturn:
    """Say why no grant can be added: because of the client, else of the session."""
    usable(find_client_anew(client_id))
    raise NotSignedIn


def _snapshot_of(
    row: dict[str, Any], session: LiveSession, *, roles: str | None
) -> GrantSnapshot:
    """Return a grant that was just stored, and its user."""
    return GrantSnapshot(
        grant_id=row["id"],
        user_id=row["user_id"],
        browser_session_id=row["browser_session_id"],
        scope=row["scope"],
        auth_time=row["auth_time"],
        acr=row["acr"],
        amr=row["amr"],
        claims=row["claims"],
        resource=row["resource"],
        organization_id=row["organization_id"],
        organization_roles=roles,
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        revoked_at=None,
        user_status=session.status,
        username=session.username,
        email=session.email,
    )
