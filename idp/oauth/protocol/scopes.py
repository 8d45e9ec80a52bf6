"""Scope values: their syntax, which of them a client gets (pure; RFC 6749 §3.3)."""

import re
from collections.abc import Container, Iterable

OPENID = "openid"
OFFLINE_ACCESS = "offline_access"
# Scopes that are about a user; they mean nothing when no user is involved.
GROUPS, ORGANIZATIONS = "groups", "organizations"
USER_SCOPES = (
    OPENID, "profile", "email", "address", "phone", GROUPS, ORGANIZATIONS,
    OFFLINE_ACCESS,
)  # fmt: skip
# What users may leave out of what they allow, unless a client says otherwise.
OPTIONAL = frozenset({"address", "phone", OFFLINE_ACCESS})
TOKEN = re.compile(r"[!#-\[\]-~]+")
MAX_LENGTH = 2048
ACCOUNT = "account"  # alone, or before a colon: the account API
ACCOUNT_READ = "account:read"
ACCOUNT_PROFILE = "account:profile"
PARTS_OF_ACCOUNT = frozenset({ACCOUNT_READ, ACCOUNT_PROFILE})
OF_ACCOUNT = (ACCOUNT_READ, ACCOUNT_PROFILE, ACCOUNT)


def parse(scope: str | None) -> tuple[str, ...] | None:
    """Return the scope values in order, each once; None when one is malformed."""
    if not scope:
        return ()
    values = tuple(dict.fromkeys(scope.split(" ")))
    values = tuple(value for value in values if value)
    if len(scope) > MAX_LENGTH or not all(map(TOKEN.fullmatch, values)):
        return None
    return values


def is_account_scope(name: str) -> bool:
    """Tell whether a scope value opens the account API, or a part of it."""
    return name.partition(":")[0] == ACCOUNT


def in_force(
    named: Iterable[str], *, granted: str, first_party: bool
) -> tuple[str, ...]:
    """Return what the scope of an access token says by now.

    ``account`` is for a first-party client, while the grant behind the token says so
    too; else its parts are meant.
    """
    whole = first_party and ACCOUNT in granted.split(" ")
    return tuple(named) if whole else without_account(named)


def with_parts(values: Iterable[str]) -> frozenset[str]:
    """Return what these scope values cover: ``account`` also its parts."""
    found = frozenset(values)
    return found | PARTS_OF_ACCOUNT if ACCOUNT in found else found


def without_account(values: Iterable[str]) -> tuple[str, ...]:
    """Return scope values with the parts of ``account`` in its place.

    The whole account is for first-party clients; that is what others get of it.
    """
    parts = sorted(PARTS_OF_ACCOUNT)
    apart = (parts if value == ACCOUNT else [value] for value in values)
    return tuple(dict.fromkeys(value for each in apart for value in each))


def join(values: Iterable[str]) -> str:
    """Return scope values as one string, as parameters and columns hold them."""
    return " ".join(values)


def in_order(values: Iterable[str]) -> tuple[str, ...]:
    """Return each scope value once, those about a user first, as users read them."""
    rank = {name: number for number, name in enumerate(USER_SCOPES)}
    return tuple(sorted(set(values), key=lambda v: (rank.get(v, len(rank)), v)))


def granted_to_user(requested: str | None, *, allowed: frozenset[str]) -> str:
    """Return what an authorization request gets of what it asked for.

    Unknown and not-allowed values are dropped; of ``account`` a client gets the parts
    that it may have. Without a ``scope`` the client gets what
    it registered, but neither ``openid`` nor ``offline_access``: those are asked for.
    An empty result is to be answered with ``invalid_scope``.
    """
    wanted = parse(requested)
    if wanted is None:
        return ""
    if not wanted:
        return join(sorted(allowed - {OPENID, OFFLINE_ACCESS}))
    return join(kept_of(wanted, allowed=allowed))


def kept_of(values: Iterable[str], *, allowed: Container[str]) -> list[str]:
    """Return those scope values that are allowed; for ``account`` also its parts."""
    wanted = values if ACCOUNT in allowed else without_account(values)
    return [value for value in wanted if value in allowed]


def split(
    scope: str, *, optional: frozenset[str], kept: Container[str]
) -> tuple[str, str]:
    """Return ``scope`` in two: what a user allows, and what they leave out.

    Only what is optional can be left out.
    """
    values = scope.split(" ")
    left = [name for name in values if name in optional and name not in kept]
    return join(name for name in values if name not in left), join(left)


def granted_to_client(requested: str | None, *, allowed: frozenset[str]) -> str | None:
    """Return what ``client_credentials`` gets; None is to be answered invalid_scope.

    The scopes about a user are no answer to a request without one. A client that
    registered no other scope and asks for none gets a token without scope.
    """
    possible = allowed - set(USER_SCOPES)
    wanted = parse(requested)
    if wanted is None:
        return None
    if not wanted:
        return join(sorted(possible))
    return join(value for value in wanted if value in possible) or None


def narrowed(requested: str | None, *, granted: str) -> str | None:
    """Return the scope of a refreshed token: all of it, or less (RFC 6749 §6).

    What was not granted is left out: many libraries repeat what they asked for at
    first. None when nothing is left, or the request is malformed.
    """
    wanted = parse(requested)
    if wanted is None:
        return None
    if not wanted:
        return granted
    held = granted.split(" ")
    return join(value for value in wanted if value in held) or None
