"""Token responses (RFC 6749 §5.1, OIDC Core §3.1.3.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from idp.core.clock import utcnow
from idp.oauth.clients import audiences
from idp.oauth.clients.access.claims import membership_claims, that_fit
from idp.oauth.clients.view import REFRESH_TOKEN, ClientView
from idp.oauth.protocol.scopes import OFFLINE_ACCESS, OPENID, join
from idp.oauth.tokens import access_token, refresh
from idp.oauth.tokens.access_token import AccessToken
from idp.oauth.tokens.grants import GrantSnapshot, context_claims
from idp.oauth.tokens.id_token import id_token
from idp.security import audit

# By what tokens come about: a grant type, or a sign-in of the account API or on trial.
Granted = Literal[
    "account",
    "authorization_code",
    "client_credentials",
    "device_code",
    "refresh_token",
    "trial",
]
Sender = Mapping[str, str] | None  # the ``cnf`` claim of tokens that are bound


@dataclass(frozen=True, slots=True)
class TokenResponse:
    """What a client is given.

    ``scope`` is what the access token says, with the values that mean the other tokens:
    ``openid`` and ``offline_access`` are at no API.
    """

    access_token: str
    expires_in: int
    scope: str
    refresh_token: str | None = None
    id_token: str | None = None
    token_type: str = "Bearer"  # noqa: S105 - a name

    def members(self) -> dict[str, Any]:
        """Return the members that have a value."""
        members: dict[str, Any] = {
            "access_token": self.access_token,
            "token_type": self.token_type,
            "expires_in": self.expires_in,
        }
        if self.scope:
            members["scope"] = self.scope
        if self.refresh_token is not None:
            members["refresh_token"] = self.refresh_token
        if self.id_token is not None:
            members["id_token"] = self.id_token
        return members


def to_user_client(
    grant: GrantSnapshot,
    *,
    client: ClientView,
    scope: str,
    refresh_token: str | None,
    now: datetime,
    by: Granted,
    nonce: str | None = None,
    resources: tuple[str, ...] = (),
    sender: Sender = None,
) -> TokenResponse:
    """Return the response to a client that acts for a user."""
    values = scope.split(" ")
    found = membership_claims(client, grant.user_id, wanted=values)
    names = that_fit(found | context_claims(grant))
    token = access_token.for_user(
        grant,
        client=client,
        scope=scope,
        resources=resources,
        about_user=names,
        sender=sender,
        now=now,
    )
    identity = None
    if OPENID in values:
        identity = id_token(
            grant,
            client=client,
            access_token=token.value,
            scope=scope,
            about_user=names,
            nonce=nonce,
            now=now,
        )
    _note_issued(client, by=by, user_id=grant.user_id)
    told = _told_scope(scope, token)
    return TokenResponse(token.value, token.expires_in, told, refresh_token, identity)


def first_to_user_client(
    grant: GrantSnapshot,
    *,
    client: ClientView,
    resources: tuple[str, ...],
    by: Granted,
    nonce: str | None = None,
    sender: Sender = None,
) -> TokenResponse:
    """Return the response to a code that was just spent, of either kind.

    It starts a family of refresh tokens for clients that registered the grant (RFC 6749
    §4.1.4, RFC 8628 §3.5).
    """
    now, started = utcnow(), None
    if client.check_grant_type(REFRESH_TOKEN):
        started = refresh.start_family(grant, client=client, now=now)
    return to_user_client(
        grant,
        client=client,
        scope=audiences.still_askable(client, grant.scope),
        resources=resources,
        refresh_token=started,
        by=by,
        nonce=nonce,
        sender=sender,
        now=now,
    )


def to_client(
    client: ClientView,
    *,
    scope: str,
    resources: tuple[str, ...],
    now: datetime,
    sender: Sender = None,
) -> TokenResponse:
    """Return the response to a client that acts for itself."""
    token = access_token.for_client(
        client, scope=scope, resources=resources, sender=sender, now=now
    )
    _note_issued(client, by="client_credentials")
    return TokenResponse(token.value, token.expires_in, token.scope)


def _note_issued(
    client: ClientView, *, by: Granted, user_id: str | None = None
) -> None:
    """Log that a token was issued; rows of them would be too many."""
    audit.note("token.issued", user_id=user_id, client_id=client.client_id, grant=by)


def _told_scope(scope: str, token: AccessToken) -> str:
    """Return what of a granted scope is in force with these tokens."""
    in_force = {OPENID, OFFLINE_ACCESS, *token.scope.split(" ")}
    return join(name for name in scope.split(" ") if name in in_force)
