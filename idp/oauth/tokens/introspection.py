"""What a token is worth now, for those it concerns (RFC 7662; security.md §4)."""

from typing import Any, NamedTuple

from idp.core.clock import unix
from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.oauth.clients.view import ClientView
from idp.oauth.personal_tokens import use as personal_tokens
from idp.oauth.protocol.claims import OF_CONTEXT, ORGANIZATIONS
from idp.oauth.protocol.scopes import in_force, join
from idp.oauth.tokens import refresh
from idp.oauth.tokens.grants import grants, users
from idp.oauth.tokens.verify import (
    InvalidAccessToken,
    UserColumns,
    Verified,
    audiences_of,
    verify_access_token,
)

STANDARD = ("scope", "client_id", "exp", "iat", "sub", "aud", "iss", "jti")
# RFC 9470 §6.2, RFC 7800 §3.1, RFC 9068 §2.2.3.1
OF_USER = ("groups", "roles", ORGANIZATIONS, *OF_CONTEXT)
SHOWN = (*STANDARD, "auth_time", "acr", "cnf", *OF_USER)


class Names(NamedTuple):
    """By what a user may be named to a resource server, and the scope of the grant."""

    username: str | None
    email: str
    scope: str


NAMES = UserColumns(users.c.username, users.c.email, grants.c.scope, row=Names)


def introspect(token: str, client: ClientView) -> dict[str, Any] | None:
    """Return what ``client`` may know of a token, None when it is worth nothing.

    The three kinds of token look different, so no hint is needed. A token that is none
    of the client's business is answered like one that does not exist (§2.2).
    """
    if refresh.TOKEN.fullmatch(token):
        return _describe_refresh_token(token, client)
    if personal_tokens.is_personal_token(token):
        return _describe_personal_token(token, client)
    try:
        verified = verify_access_token(token, columns=NAMES)
    except InvalidAccessToken:
        return None
    return _describe_access_token(verified) if _concerns(verified, client) else None


def _concerns(token: Verified, client: ClientView) -> bool:
    """Tell whether a token was issued to a client, or is for a resource it owns."""
    if token.client.client_id == client.client_id:
        return True
    return not client.owned_resources.isdisjoint(audiences_of(token.claims))


def _describe_access_token(token: Verified) -> dict[str, Any]:
    """Return the members of an access token."""
    shown = {name: token.claims[name] for name in SHOWN if name in token.claims}
    shown["token_type"] = "Bearer"  # noqa: S105 - a name
    if token.about_user:
        shown |= _scope_of(token) | _username_of(token.about_user, token.scope)
    return shown


def _describe_personal_token(token: str, client: ClientView) -> dict[str, Any] | None:
    """Return the members of a token that a user made, to the owner of its API alone.

    It was issued to no client, so it names none; that it was asked about is its use.
    """
    found = personal_tokens.find_token(token)
    if found is None or found.identifier not in client.owned_resources:
        return None
    personal_tokens.note_use(found)
    return {
        "scope": join(found.scopes),
        "token_type": "Bearer",
        "exp": unix(found.expires_at),
        "iat": unix(found.created_at),
        "sub": found.user_id,
        "aud": found.identifier,
        "iss": current(ServerSettings).issuer,
        "jti": found.id,
    }


def _scope_of(token: Verified) -> dict[str, str]:
    """Return the scope of a token about a user, if it has one, as it counts by now."""
    if "scope" not in token.claims:
        return {}
    first_party, granted = token.client.first_party, token.about_user.scope
    named = in_force(token.scope, granted=granted, first_party=first_party)
    return {"scope": join(named)}


def _describe_refresh_token(token: str, client: ClientView) -> dict[str, Any] | None:
    """Return the members of the newest token of a client's live family.

    Looking is harmless: an old token is worth nothing here, but revokes nothing.
    """
    found = refresh.judge(token, client_id=client.client_id, in_unit=False)
    if isinstance(found, refresh.Rejected) or not found.newest:
        return None
    family, grant = found.family, found.grant
    shown = {
        "scope": grant.scope,
        "client_id": client.client_id,
        "exp": unix(min(family.idle_expires_at, family.expires_at)),
        "iat": unix(family.rotated_at or grant.created_at),
        "sub": grant.user_id,
        "iss": current(ServerSettings).issuer,
        "auth_time": unix(grant.auth_time),
    }
    if grant.acr is not None:
        shown["acr"] = grant.acr
    return shown | _username_of(grant, grant.scope.split(" "))


def _username_of(user: Any, scope: list[str]) -> dict[str, str]:
    """Return the name of a token's user that its scope opens, if any does."""
    if "profile" in scope and user.username:
        return {"username": user.username}
    return {"username": user.email} if "email" in scope else {}
