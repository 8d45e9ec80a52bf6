"""Claims about a user: which a scope or the ``claims`` parameter asks for (pure).

OIDC Core §5.1 (names), §5.4 (scopes), §5.5 (the parameter). A claim that is asked for
and has no value is left out, essential or not (§5.5.1).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
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
USER_CLAIMS = tuple(name for names in BY_SCOPE.values() for name in names)
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
    "attributes",
)


@dataclass(frozen=True)
class Vocabulary:
    """Which claims about users there are, and which scope values open them.

    Beside BY_SCOPE: ``descriptions`` of scope values by name and language, ``opened``
    the claims of scope values, ``keys`` the attribute that a claim tells, by claim.
    """

    descriptions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    opened: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def by_scope(self) -> Mapping[str, tuple[str, ...]]:
        """The claims that each scope value stands for."""
        names = dict.fromkeys((*BY_SCOPE, *self.opened))
        return {
            name: (*BY_SCOPE.get(name, ()), *self.opened.get(name, ()))
            for name in names
        }

    @property
    def names(self) -> tuple[str, ...]:
        """All claims about users."""
        return (*USER_CLAIMS, *self.keys)

    def names_for_scope(self, scope: str) -> list[str]:
        """Return the claims that the values of a scope stand for (§5.4)."""
        values = scope.split(" ")
        return [name for value in values for name in self.by_scope.get(value, ())]

    def scopes_behind(
        self, members: Mapping[str, Any], *, asked: str, registered: Collection[str]
    ) -> tuple[str, ...]:
        """Return the scope values that open what a ``claims`` parameter names.

        Of several that open one claim it is what is ``asked`` for besides, else the
        first that the client has ``registered``.
        """
        named = {name for wanted in members.values() for name in wanted}
        ranked = (*asked.split(" "), *filter(registered.__contains__, self.by_scope))
        behind = []
        for name in filter(named.__contains__, self.names):
            opening = self._openers(name)
            behind += [value for value in ranked if value in opening][:1]
        return tuple(dict.fromkeys(behind))

    def permitted(
        self, members: Mapping[str, Any], scope: Collection[str]
    ) -> dict[str, Any]:
        """Return a ``claims`` parameter less what these scope values do not open.

        One claim is asked for no more cheaply than a scope that it belongs to: the
        client must have registered that scope, and the user allowed it.
        """
        return {
            member: {n: how for n, how in wanted.items() if self._is_open(n, scope)}
            for member, wanted in members.items()
        }

    def names_requested(
        self, claims: Mapping[str, Any] | None, member: str
    ) -> list[str]:
        """Return the user's claims that a member of the ``claims`` parameter names."""
        wanted = (claims or {}).get(member) or {}
        return [name for name in wanted if name in self.names]

    def _is_open(self, name: str, scope: Collection[str]) -> bool:
        """Tell whether a claim is no user's, or one of these values opens it."""
        opening = self._openers(name)
        known = opening or name in self.names
        return not known or not opening.isdisjoint(scope)

    def _openers(self, name: str) -> frozenset[str]:
        """Return the scope values that open a claim."""
        return self._opening.get(name, frozenset())

    @cached_property
    def _opening(self) -> Mapping[str, frozenset[str]]:
        """The scope values that open each claim."""
        pairs = [(n, value) for value, names in self.by_scope.items() for n in names]
        return {
            name: frozenset(value for other, value in pairs if other == name)
            for name, _ in pairs
        }


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
