"""Tokens for the account API: an extension point for the slice that issues tokens.

A sign-in by JSON begins a session like any other and gets a pair of tokens that lives
and ends with it.
"""

from dataclasses import dataclass
from typing import Protocol

from idp.accounts.sessions.find import LiveSession, get_live_session
from idp.accounts.sessions.lifetimes import disable_idle_timeout
from idp.accounts.sessions.start import Started
from idp.core.context import current


@dataclass(frozen=True)
class TokenPair:
    """An access token of ``expires_in`` seconds, a refresh token, and whose they are.

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


class TokenIssuer(Protocol):
    """Who can make and end such tokens."""

    def issue(self, session: LiveSession) -> TokenPair:
        """Return the first pair of a session; an earlier chain of it ends."""

    def refresh(self, refresh_token: str) -> TokenPair | None:
        """Return the next pair, None for a token that is worth nothing any more.

        A refusal may have ended a stolen chain, so the caller commits it too.
        """

    def claims_of(self, session: LiveSession) -> SessionClaims:
        """Return what the tokens of a session say."""

    def session_of(self, refresh_token: str) -> LiveSession | None:
        """Return the session behind a refresh token that could be used now."""

    def revoke(self, grant_id: str) -> None:
        """End the tokens that a principal of the account API called with."""


class AccountTokens:
    """The app's one issuer, filled in ``create_app``."""

    def __init__(self, issuer: TokenIssuer) -> None:
        self.issuer = issuer


def hand_out(started: Started, *, in_cookies: bool) -> TokenPair:
    """Issue the tokens of a session that has just begun.

    Without cookies nobody visits pages with it, so only the refresh token's own idle
    time counts.
    """
    if not in_cookies:
        disable_idle_timeout(started.session_id)
    return current(AccountTokens).issuer.issue(get_live_session(started.session_id))


def refresh(refresh_token: str) -> TokenPair | None:
    """Return the next tokens of a session that still holds; None otherwise."""
    return current(AccountTokens).issuer.refresh(refresh_token)


def session_of(refresh_token: str) -> LiveSession | None:
    """Return the session behind a refresh token that could be used now."""
    return current(AccountTokens).issuer.session_of(refresh_token)


def claims_of(session: LiveSession) -> SessionClaims:
    """Return what the tokens of a session say."""
    return current(AccountTokens).issuer.claims_of(session)


def revoke(grant_id: str) -> None:
    """End the tokens of one sign-in."""
    current(AccountTokens).issuer.revoke(grant_id)
