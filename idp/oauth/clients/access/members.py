"""The members ``access`` and ``app_roles`` of a client, as they are declared (pure).

``access`` is ``everyone`` or ``{roles, groups, users}``; ``app_roles`` is a list of
names or of ``{name, description, groups, users}``. Groups go by name, users by address
or id. What is left out stays as it is: to forget the member opens no client.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from idp.accounts.groups.names import description_mistake, name_mistake
from idp.core.errors import FieldError
from idp.core.text import worded
from idp.oauth.clients.metadata.registration import InvalidClientMetadata

ACCESS, APP_ROLES = "access", "app_roles"
MEMBERS = frozenset({ACCESS, APP_ROLES})
EVERYONE = "everyone"
MAX_ROLES, MAX_HOLDERS = 50, 200
ACCESS_SHAPE = worded('must be "everyone" or {"roles": [], "groups": [], "users": []}')
ROLE_SHAPE = worded(
    'must be a list of names or of {"name", "description", "groups": [], "users": []}'
)


@dataclass(frozen=True)
class Holders:
    """Groups by name and users by address or id: a role's, or a client's."""

    groups: tuple[str, ...] = ()
    users: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return them as they are declared."""
        return {"groups": list(self.groups), "users": list(self.users)}


@dataclass(frozen=True)
class RoleDeclaration:
    """One role of a client, and who has it."""

    name: str
    description: str = ""
    holders: Holders = Holders()

    def as_json(self) -> dict[str, Any]:
        """Return it as it is declared."""
        said = {"name": self.name, "description": self.description}
        return said | self.holders.as_json()


@dataclass(frozen=True)
class Access:
    """Who may use a client: everyone, or who has a role, is in a group or is named."""

    everyone: bool = True
    roles: tuple[str, ...] = ()
    holders: Holders = Holders()

    def as_json(self) -> str | dict[str, Any]:
        """Return it as it is declared."""
        if self.everyone:
            return EVERYONE
        return {"roles": list(self.roles)} | self.holders.as_json()


@dataclass(frozen=True)
class People:
    """What is declared of a client's users; None leaves what there is."""

    access: Access | None = None
    app_roles: tuple[RoleDeclaration, ...] | None = None


def read_people(metadata: Mapping[str, Any]) -> People:
    """Return what a client's metadata says of its users.

    Raises InvalidClientMetadata.
    """
    access, app_roles = metadata.get(ACCESS), metadata.get(APP_ROLES)
    return People(
        None if access is None else _read_access(access),
        None if app_roles is None else _read_roles(app_roles),
    )


def refusal(field: str, message: str) -> InvalidClientMetadata:
    """Return the error of one of the members."""
    return InvalidClientMetadata(
        [FieldError(field, InvalidClientMetadata.code, message)]
    )


def _read_access(value: object) -> Access:
    """Read ``access``."""
    if value == EVERYONE:
        return Access()
    if not isinstance(value, Mapping) or value.keys() - {"roles", "groups", "users"}:
        raise refusal(ACCESS, ACCESS_SHAPE)
    roles = _names(value.get("roles"), of=ACCESS, shape=ACCESS_SHAPE)
    return Access(False, roles, _holders(value, of=ACCESS, shape=ACCESS_SHAPE))


def _read_roles(value: object) -> tuple[RoleDeclaration, ...]:
    """Read ``app_roles``, in the order of their names."""
    if not isinstance(value, list) or len(value) > MAX_ROLES:
        raise refusal(
            APP_ROLES,
            worded("%(shape)s, at most %(most)s", shape=ROLE_SHAPE, most=MAX_ROLES),
        )
    read = {role.name: role for role in map(_read_role, value)}
    if len(read) < len(value):
        raise refusal(APP_ROLES, worded("names one role twice"))
    return tuple(read[name] for name in sorted(read))


def _read_role(item: object) -> RoleDeclaration:
    """Read one role: a name alone, or who has it too."""
    said: Any = {"name": item} if isinstance(item, str) else item
    known = {"name", "description", "groups", "users"}
    if not isinstance(said, Mapping) or said.keys() - known:
        raise refusal(APP_ROLES, ROLE_SHAPE)
    name, description = said.get("name"), said.get("description") or ""
    for mistake in _mistakes(name, description):
        raise refusal(APP_ROLES, mistake)
    holders = _holders(said, of=APP_ROLES, shape=ROLE_SHAPE)
    return RoleDeclaration(str(name), description, holders)


def _mistakes(name: object, description: object) -> Iterator[str]:
    """Yield what is wrong with the words of a role."""
    wrong = name_mistake(name)
    if wrong:
        yield worded("the name %(value)s %(problem)s", value=repr(name), problem=wrong)
    wrong = description_mistake(description)
    if wrong:
        yield worded(
            "the description of %(value)s %(problem)s", value=repr(name), problem=wrong
        )


def _holders(said: Mapping[str, Any], *, of: str, shape: str) -> Holders:
    """Read groups and users."""
    groups = _names(said.get("groups"), of=of, shape=shape)
    return Holders(groups, _names(said.get("users"), of=of, shape=shape))


def _names(value: object, *, of: str, shape: str) -> tuple[str, ...]:
    """Read a list of names, each once."""
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise refusal(of, shape)
    if len(value) > MAX_HOLDERS:
        hint = worded(
            "lists more than %(most)s: put the users into a group", most=MAX_HOLDERS
        )
        raise refusal(of, hint)
    return tuple(sorted(set(value)))
