"""Tokens for the account API, from ordinary grants and refresh families.

A sign-in by JSON begins a session like any other. It gets a grant of the built-in
client, and a pair of tokens that lives and ends with the session.
"""

from dataclasses import dataclass

from idp.accounts.sessions.context import enter_organization
from idp.accounts.sessions.end import UnendedSession, find_unended_session
from idp.accounts.sessions.find import LiveSession, find_session
from idp.accounts.sessions.start import StartedSession
from idp.core.clock import unix, utcnow
from idp.core.context import current
from idp.core.db import table_of
from idp.core.settings.server import ServerSettings
from idp.oauth.apis import builtin
from idp.oauth.clients.account_client import ACCOUNT_CLIENT, SCOPE
from idp.oauth.clients.cache import find_client
from idp.oauth.clients.view import ClientView
from idp.oauth.models import Grant
from idp.oauth.tokens import issue, refresh
from idp.oauth.tokens.grant_revocation import revoke_where
from idp.oauth.tokens.grants import (
    GrantParameters,
    GrantSnapshot,
    store_grant,
)
from idp.organizations.contexts.places import (
    MemberPlace,
    find_place_in,
    hold_place,
)
from idp.organizations.contexts.policies import (
    client_allowed,
    context_of_session,
    require_entry,
)
from idp.organizations.errors import AppNotAllowed, UnknownOrganization
from idp.security import audit

grants = table_of(Grant)


@dataclass(frozen=True)
class TokenPair:
    """An access token of ``expires_in`` seconds, a refresh token, and their session.

    ``refresh_token`` can be used once; the answer to that has the next one.
    """

    access_token: str
    expires_in: int
    refresh_token: str
    scope: str
    session: LiveSession


@dataclass(frozen=True)
class SessionClaims:
    """What the tokens of a session say (RFC 9068); times in seconds since 1970.

    ``sid`` is the session, ``exp`` when it ends at the latest.
    """

    iss: str
    sub: str
    aud: str
    client_id: str
    scope: str
    sid: str
    auth_time: int
    amr: list[str]
    exp: int


def issue_first_pair(session: StartedSession) -> TokenPair:
    """Issue the tokens of a session that has just begun.

    Of one that goes on, an earlier chain ends; its organization's context stays, if
    this sign-in is what policies there want of one.
    """
    if session.renewed:
        revoke_where(
            (grants.c.browser_session_id == session.id)
            & (grants.c.client_id == ACCOUNT_CLIENT)
        )
    entered = context_of_session(session)
    allowed = entered and client_allowed(ACCOUNT_CLIENT, organization_id=entered)
    place = find_place_in(session.user_id, entered) if entered and allowed else None
    return _first_pair(session, organization=place)


def switch_organization(
    live: LiveSession, *, organization_id: str, grant_id: str | None
) -> TokenPair:
    """Issue the tokens of a session that goes on in an organization's context.

    What its account tokens were given by before ends: the grant that asks, and those of
    the session. Raises UnknownOrganization for one that the user is not in,
    AppNotAllowed, what ``require_entry`` does, and NotSignedIn when session or
    membership ended beside this.
    """
    place = find_place_in(live.user_id, organization_id)
    if place is None:
        raise UnknownOrganization
    if not client_allowed(ACCOUNT_CLIENT, organization_id=organization_id):
        raise AppNotAllowed
    require_entry(live, organization_id)
    hold_place(live.user_id, organization_id)
    session = enter_organization(live, organization_id)
    revoke_where(
        (grants.c.id == grant_id)
        | (grants.c.browser_session_id == live.id)
        & (grants.c.client_id == ACCOUNT_CLIENT)
    )
    audit.record(
        "organization.entered",
        user_id=live.user_id,
        session_id=live.id,
        organization_id=organization_id,
    )
    return _first_pair(session, organization=place)


def refresh_pair(refresh_token: str) -> TokenPair | None:
    """Return the next tokens; None for a token, or a session, that is over.

    A refusal may have ended a stolen chain, so the caller commits it too.
    """
    found = refresh.find(refresh_token, client_id=ACCOUNT_CLIENT)
    if isinstance(found, refresh.Rejected):
        return None
    entered = found.grant.organization_id
    if not client_allowed(ACCOUNT_CLIENT, organization_id=entered):
        return None
    session = find_session(found.grant.browser_session_id)
    if session is None:
        return None
    successor = refresh.rotate(found, client=_built_in_client())
    if isinstance(successor, refresh.Rejected):
        return None
    return _pair(found.grant, session, refresh_token=successor)


def session_of_refresh_token(refresh_token: str) -> UnendedSession | None:
    """Return the session to sign out of by a refresh token, run out or not.

    The token may be spent or have run out itself. One that was taken back ends nothing:
    its user has signed in anew since.
    """
    found = refresh.find(refresh_token, client_id=ACCOUNT_CLIENT)
    foreign = isinstance(found, refresh.Rejected) and found.foreign
    if foreign or found.grant is None or found.grant.revoked_at:
        return None
    return find_unended_session(found.grant.browser_session_id)


def session_claims(session: LiveSession) -> SessionClaims:
    """Return what the tokens of a session say."""
    return SessionClaims(
        iss=current(ServerSettings).issuer,
        sub=session.user_id,
        aud=builtin.account(),
        client_id=ACCOUNT_CLIENT,
        scope=SCOPE,
        sid=session.id,
        auth_time=unix(session.auth_time),
        amr=session.amr,
        exp=unix(session.expires_at),
    )


def _first_pair(session: LiveSession, *, organization: MemberPlace | None) -> TokenPair:
    """Issue the first tokens of a new grant."""
    grant = _add_grant(session, organization=organization)
    client = _built_in_client()
    first = refresh.start_family(grant, client=client, now=utcnow())
    return _pair(grant, session, refresh_token=first)


def _add_grant(
    session: LiveSession, *, organization: MemberPlace | None
) -> GrantSnapshot:
    """Store the grant of a sign-in."""
    allowed = GrantParameters(
        client_id=ACCOUNT_CLIENT,
        session=session,
        scope=SCOPE,
        resource=[builtin.account()],
        organization=organization,
    )
    return store_grant(allowed, now=utcnow())


def _pair(
    grant: GrantSnapshot, session: LiveSession, *, refresh_token: str
) -> TokenPair:
    """Return tokens as their holder gets them."""
    made = issue.to_user_client(
        grant,
        client=_built_in_client(),
        scope=grant.scope,
        refresh_token=refresh_token,
        by="account",
        now=utcnow(),
        resources=tuple(grant.resource or ()),
    )
    return TokenPair(
        access_token=made.access_token,
        expires_in=made.expires_in,
        refresh_token=refresh_token,
        scope=grant.scope,
        session=session,
    )


def _built_in_client() -> ClientView:
    """Return the client that every account token is issued to."""
    found = find_client(ACCOUNT_CLIENT)
    if found is None:
        raise LookupError(ACCOUNT_CLIENT)
    return found
