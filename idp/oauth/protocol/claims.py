"""Claims about a user: which a scope or the ``claims`` parameter asks for (pure).

OIDC Core §5.1 (names), §5.4 (scopes), §5.5 (the parameter). A claim that is asked for
and has no value is left out, essential or not (§5.5.1).
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from idp.core.clock import unix

# Arrays, which no column of the user holds (``clients.access.claims``).
GROUPS, ROLES, ORGANIZATIONS = "groups", "roles", "organizations"
NO_COLUMNS = frozenset({GROUPS, ORGANIZATIONS})
# Of a grant in an organization's context: its id, and the user's roles there.
ORG_ID, ORG_ROLES = "org_id", "org_roles"
OF_CONTEXT = (ORG_ID, ORG_ROLES)
BY_SCOPE: dict[str, tuple[str, ...]] = {
    "profile": (
        "name",
        "given_name",
        "middle_name",
        "family_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
    ),
    "email": ("email", "email_verified"),
    "address": ("address",),
    "phone": ("phone_number", "phone_number_verified"),
    "groups": (GROUPS,),
    "organizations": (ORGANIZATIONS,),
}
SCOPE_OF = {name: value for value, names in BY_SCOPE.items() for name in names}
USER_CLAIMS = tuple(SCOPE_OF)
# Columns of ``users`` that the claims are made of.
COLUMNS = (
    "email",
    "email_verified_at",
    "username",
    "name",
    "given_name",
    "middle_name",
    "family_name",
    "nickname",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "phone_number",
    "phone_number_verified_at",
    "address",
    "locale",
    "zoneinfo",
    "updated_at",
)


def names_for_scope(scope: str) -> list[str]:
    """Return the claims that the values of a scope stand for (§5.4)."""
    return [name for value in scope.split(" ") for name in BY_SCOPE.get(value, ())]


def scopes_behind(members: Mapping[str, Any] | None) -> list[str]:
    """Return the scope values that open what a ``claims`` parameter names."""
    named = {name for wanted in (members or {}).values() for name in wanted}
    return [value for value, names in BY_SCOPE.items() if not named.isdisjoint(names)]


def permitted(members: Mapping[str, Any], scope: Collection[str]) -> dict[str, Any]:
    """Return a ``claims`` parameter less what these scope values do not open.

    One claim is asked for no more cheaply than the scope that it belongs to: the client
    must have registered that scope, and the user allowed it.
    """
    return {
        member: {
            n: how for n, how in wanted.items() if SCOPE_OF.get(n) in {None, *scope}
        }
        for member, wanted in members.items()
    }


def names_requested(claims: Mapping[str, Any] | None, member: str) -> list[str]:
    """Return the user's claims that a member of the ``claims`` parameter names."""
    wanted = (claims or {}).get(member) or {}
    return [name for name in wanted if name in USER_CLAIMS]


def values_of(user: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return the named claims that a row of ``users`` has a value for.

    Groups and organizations of a user are no columns of it.
    """
    columns = (name for name in names if name not in NO_COLUMNS)
    found = ((name, _value_of(user, name)) for name in columns)
    return {name: value for name, value in found if value is not None}


def _value_of(user: Any, name: str) -> Any:
    """Return one claim, or None when there is nothing to say."""
    if name == "email_verified":
        return user.email_verified_at is not None
    if name == "phone_number_verified":
        return (
            None if user.phone_number is None else bool(user.phone_number_verified_at)
        )
    if name == "preferred_username":
        return user.username
    if name == "updated_at":
        return unix(user.updated_at)
    return getattr(user, name)
