"""The audiences that this server is itself: built in, and nobody edits them."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from idp.accounts.access.permissions import Permission
from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.oauth.apis.view import ApiView
from idp.oauth.custom_scopes.vocabulary import custom_names
from idp.oauth.protocol.scopes import USER_SCOPES, is_account_scope

ACCOUNT, ADMINISTRATION = "/account", "/admin"
ADMIN_SCOPES: Mapping[str, Permission] = MappingProxyType(
    {f"admin:{permission}": permission for permission in Permission}
)
NO_SCOPES: Mapping[str, Mapping[str, str]] = MappingProxyType({})


def server() -> str:
    """Return the audience of a token without a resource: UserInfo takes it."""
    return current(ServerSettings).issuer


def account() -> str:
    """Return the audience that the account API is."""
    return f"{current(ServerSettings).issuer}{ACCOUNT}"


def administration() -> str:
    """Return the audience that administration by API is."""
    return f"{current(ServerSettings).issuer}{ADMINISTRATION}"


def permissions_in(scope: Iterable[str]) -> frozenset[Permission]:
    """Return what scope values allow at the administration."""
    return frozenset(ADMIN_SCOPES[name] for name in scope if name in ADMIN_SCOPES)


def is_reserved(identifier: str) -> bool:
    """Tell whether an identifier is, or looks like, one of this server's own."""
    return f"{identifier}/".startswith(f"{server()}/")


def is_reserved_scope(name: str) -> bool:
    """Tell whether a scope value means something at this server's own audiences."""
    known = name in USER_SCOPES or name in ADMIN_SCOPES or is_account_scope(name)
    return known or name in custom_names()


def builtin_names() -> dict[str, str]:
    """Return all built-in audiences with their names."""
    return names_at(server())


def names_at(issuer: str) -> dict[str, str]:
    """Return the same of the server that has this issuer."""
    return {
        issuer: "UserInfo",
        f"{issuer}{ACCOUNT}": "Account API",
        f"{issuer}{ADMINISTRATION}": "Administration",
    }


def open_to(scope: frozenset[str], *, taken: frozenset[str]) -> Iterator[ApiView]:
    """Yield the built-in audiences that a client may ask for.

    ``scope`` is what it registered, ``taken`` what means something at its other APIs.
    The account API and the administration are for clients that registered a scope of
    it.
    """
    parts = {
        account(): frozenset(filter(is_account_scope, scope)),
        administration(): scope & ADMIN_SCOPES.keys(),
    }
    own = scope.difference(taken, *parts.values())
    names = builtin_names()
    yield ApiView(server(), names[server()], NO_SCOPES, own)
    for audience, known in parts.items():
        if known:
            yield ApiView(audience, names[audience], NO_SCOPES, known)
