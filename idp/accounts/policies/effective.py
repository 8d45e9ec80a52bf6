"""Which policy holds: of all that apply, the strictest.

Judged at sign-in and at authorization, from what the process keeps. Policies of an
organization hold in its context alone: where a session, request or grant acts there.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any, TypeVar, cast

from idp.accounts.policies.keys import (
    APPROVAL,
    OF_ORGANIZATION,
    OPEN,
    PASSWORD,
    REGISTRATION,
    SIGN_IN_METHODS,
    PolicyKey,
    Scope,
)
from idp.accounts.policies.rows import Place, PolicyRow, policy_rows
from idp.core.context import current
from idp.core.settings.declared import Loaded

T = TypeVar("T")
Places = frozenset[Place]

INSTANCE: Place = (Scope.INSTANCE, "")
ALL_PEOPLE: Places = frozenset({INSTANCE})
DEFAULT = "default"  # the source of a setting that nobody gave


def places_of(roles: Iterable[str]) -> Places:
    """Return where policies for a user may be: the instance, and roles."""
    return ALL_PEOPLE | {(Scope.ROLE, role) for role in roles}


def in_organization(places: Places, organization_id: str | None) -> Places:
    """Return the same, and the organization in whose context one acts, if any."""
    if organization_id is None:
        return places
    return places | places_of_organization(organization_id)


def places_of_organization(organization_id: str) -> Places:
    """Return where an organization's own policies are: of operators, and of owners."""
    return frozenset((scope, organization_id) for scope in OF_ORGANIZATION)


def at_client(places: Places, client_id: str | None) -> Places:
    """Return the same, and the client if there is one."""
    return places if client_id is None else places | {(Scope.CLIENT, client_id)}


def effective(key: PolicyKey[T], places: Places = ALL_PEOPLE) -> T:
    """Return what holds, of a key that has a setting or a default."""
    rows = policy_rows().of(key)
    if not rows:
        return standard(key)
    values = _decided(key, places, rows=rows)
    if INSTANCE not in rows or given_by(key):
        values.append(standard(key))
    return reduce(key.kind.stricter, values)


def demanded(key: PolicyKey[T], places: Places = ALL_PEOPLE) -> T | None:
    """Return what rows ask for, None where none does."""
    values = _decided(key, places, rows=policy_rows().of(key))
    return reduce(key.kind.stricter, values) if values else None


def given_by(key: PolicyKey[Any]) -> str | None:
    """Return where the operator of the machine gave the setting of a key, or None."""
    source = current(Loaded).sources[key.name] if key.settings else DEFAULT
    return None if source == DEFAULT else source


def standard(key: PolicyKey[T]) -> T:
    """Return what holds at the instance without a row."""
    if key.settings is None:
        return cast("T", key.default)
    value: T = getattr(current(key.settings), key.name)
    return value


def registration_open(client_id: str | None = None) -> bool:
    """Tell whether anybody may sign up, also on the way to a client.

    Nobody, where a password would not open what they make.
    """
    if PASSWORD not in effective(SIGN_IN_METHODS):
        return False
    mode = effective(REGISTRATION, at_client(ALL_PEOPLE, client_id))
    return mode in (OPEN, APPROVAL)


def demanded_somewhere(key: PolicyKey[bool], places: Places) -> bool:
    """Tell whether a flag holds for a user, or would at some client."""
    return effective(key, places) or True in decided_for(key, Scope.CLIENT).values()


def decided_for(key: PolicyKey[T], scope: Scope) -> dict[str, T]:
    """Return what is decided of a key for all places of a scope, by their ids."""
    rows = policy_rows().of(key)
    return {of: row.value for (where, of), row in rows.items() if where is scope}


def _decided(
    key: PolicyKey[T], places: Places, *, rows: Mapping[Place, PolicyRow]
) -> list[T]:
    """Return the values of the rows that apply; a setting that was given beats one."""
    if not rows:
        return []
    shadowed = {INSTANCE} if given_by(key) else set()
    return [rows[place].value for place in places - shadowed if place in rows]
