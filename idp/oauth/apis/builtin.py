"""The audiences that this server is itself: built in, and nobody edits them."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.oauth.apis.view import ApiView
from idp.oauth.protocol.scopes import USER_SCOPES, is_account_scope

NO_SCOPES: Mapping[str, Mapping[str, str]] = MappingProxyType({})


def server() -> str:
    """Return the audience of a token without a resource: UserInfo takes it."""
    return current(ServerSettings).issuer


def account() -> str:
    """Return the audience that the account API is."""
    return f"{current(ServerSettings).issuer}/account"


def is_reserved(identifier: str) -> bool:
    """Tell whether an identifier is, or looks like, one of this server's own."""
    return f"{identifier}/".startswith(f"{server()}/")


def is_reserved_scope(name: str) -> bool:
    """Tell whether a scope value means something at this server's own audiences."""
    return name in USER_SCOPES or is_account_scope(name)


def builtin_names() -> dict[str, str]:
    """Return all built-in audiences with their names."""
    return {
        server(): "UserInfo",
        account(): "Account API",
        _administration(): "Administration",
    }


def open_to(scope: frozenset[str], *, taken: frozenset[str]) -> Iterator[ApiView]:
    """Yield the built-in audiences that a client may ask for.

    ``scope`` is what it registered, ``taken`` what means something at its other APIs.
    The account API is for clients that registered a scope of it.
    """
    of_account = frozenset(filter(is_account_scope, scope))
    own = scope - of_account - taken
    names = builtin_names()
    yield ApiView(server(), names[server()], NO_SCOPES, own)
    if of_account:
        yield ApiView(account(), names[account()], NO_SCOPES, of_account)


def _administration() -> str:
    """Return the audience that administration by API is; no client may ask for it."""
    return f"{current(ServerSettings).issuer}/admin"
