"""What operators have decided, and deciding otherwise (accounts.policies)."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from idp.accounts.access.permissions import Role
from idp.accounts.errors import InvalidInput
from idp.accounts.fields.effective import hidden_beyond
from idp.accounts.policies.effective import (
    INSTANCE,
    given_by,
    places_of_organization,
    standard,
)
from idp.accounts.policies.keys import (
    ALLOWED_CLIENTS,
    ALLOWED_PROVIDERS,
    HIDDEN,
    KEYS,
    OF_ORGANIZATION,
    USER_FIELDS,
    PolicyKey,
    Scope,
)
from idp.accounts.policies.rows import (
    Place,
    PolicyRow,
    PolicyRows,
    delete_row,
    hold_rows,
    policy_rows,
    write_row,
)
from idp.accounts.profile.attributes.registry import definitions
from idp.accounts.profile.fields import FIELDS
from idp.core.clock import utcnow
from idp.core.errors import FieldError, IdpError
from idp.core.settings.values import Unreadable
from idp.federation.providers.cache import find_provider
from idp.oauth.clients.account_client import ACCOUNT_CLIENT
from idp.oauth.clients.cache import find_client
from idp.organizations.memberships import organization_exists
from idp.security import audit

# What has to be there that a policy names by its id.
NAMED: Mapping[str, Callable[[str], object]] = {
    ALLOWED_CLIENTS.name: find_client,
    ALLOWED_PROVIDERS.name: find_provider,
    USER_FIELDS.name: lambda name: name in FIELDS or definitions().get(name),
}
BY_ROW, BY_DEFAULT = "row", "default"
BESIDE = {Scope.ORGANIZATION: Scope.OWNERS, Scope.OWNERS: Scope.ORGANIZATION}


class NoSuchScope(IdpError):
    """A policy for a client, role or organization that does not exist."""

    code = "no_such_scope"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such client, role or organization."


class SetElsewhere(IdpError):
    """A policy of the instance whose setting the operator of the machine gave."""

    code = "set_elsewhere"
    status = HTTPStatus.CONFLICT
    title = "This is set where the server is started, and can be changed there alone."


class _Unknown(Unreadable):
    """What a policy names, and is not there."""


@dataclass(frozen=True)
class PolicyState:
    """How it stands with a key in one place.

    ``row`` is what was decided there, ``source`` where the setting was given that beats
    it. ``value`` is what holds because of this place alone, None where it says nothing.
    ``beside`` is what the other side, operators or owners, decided for the same
    organization. ``told`` returns those of some ids that whoever decides is told of.
    """

    key: PolicyKey[Any]
    value: Any
    row: PolicyRow | None
    source: str | None
    beside: PolicyRow | None = None
    told: Callable[[Collection[str]], Collection[str]] | None = None

    @property
    def source_name(self) -> str:
        """Say where the value is from."""
        return self.source or (BY_ROW if self.row else BY_DEFAULT)

    @property
    def together(self) -> Any:
        """Return what holds there by both sides; None where neither says anything."""
        if self.beside is None or self.value is None:
            return self.value if self.beside is None else self.beside.value
        return self.key.kind.stricter(self.value, self.beside.value)


def place_of(scope: str, scope_id: str) -> Place:
    """Return a place where policies can be; raises NoSuchScope."""
    try:
        place = Scope(scope), scope_id
    except ValueError:
        raise NoSuchScope from None
    if not _exists(place):
        raise NoSuchScope
    return place


def list_policies(place: Place) -> list[PolicyState]:
    """Return how it stands with every key that can be decided in a place."""
    return _states(place, policy_rows())


def decided_places() -> list[Place]:
    """Return where something was decided, the instance aside."""
    found = {place for rows in policy_rows().by_key.values() for place in rows}
    return sorted(found - {INSTANCE})


def hold_policies(place: Place) -> list[PolicyState]:
    """Return the same as it is, for a change that others wait for."""
    return _states(place, hold_rows())


def versions_of(states: Iterable[PolicyState]) -> dict[str, Any]:
    """Return by key what tells one state of policies from another."""
    return {
        state.key.name: [_shown(state.row.value if state.row else None), state.source]
        for state in states
    }


def change_policies(
    place: Place,
    values: Mapping[str, Any],
    *,
    held: list[PolicyState],
    by: str | None = None,
) -> list[str]:
    """Decide values by key in a place, None for nothing any more; return what changed.

    ``held`` is from ``hold_policies``; ``by`` is the user, None for the operator of
    the machine. A list in another order is the same. Raises InvalidInput with all
    mistakes, and SetElsewhere.
    """
    states = {state.key.name: state for state in held}
    typed = _typed(values, states)
    _refuse_hidden(place, typed.get(USER_FIELDS.name))
    changed = []
    for name, value in typed.items():
        row = PolicyRow(*place, name, value, by, utcnow())
        if _differs(states[name].row, row):
            _decide(row, before=states[name].row)
            changed.append(name)
    return changed


def _exists(place: Place) -> bool:
    """Tell whether there is what a scope names."""
    match place:
        case Scope.INSTANCE, scope_id:
            return scope_id == ""
        case Scope.ROLE, scope_id:
            return scope_id in set(Role)
        case Scope.CLIENT, scope_id:
            return scope_id != ACCOUNT_CLIENT and find_client(scope_id) is not None
        case _, scope_id:
            return organization_exists(scope_id)


def _states(place: Place, rows: PolicyRows) -> list[PolicyState]:
    """Return how it stands with each key that can be decided in a place."""
    keys = [key for key in KEYS.values() if place[0] in key.scopes]
    return [_state_of(key, place, rows=rows.of(key)) for key in keys]


def _state_of(
    key: PolicyKey[Any], place: Place, *, rows: Mapping[Place, PolicyRow]
) -> PolicyState:
    """Return how it stands with a key in a place."""
    row, (scope, scope_id) = rows.get(place), place
    value = row.value if row else None
    if place != INSTANCE:
        other = BESIDE.get(scope)
        beside = rows.get((other, scope_id)) if other else None
        return PolicyState(key, value, row, None, beside)
    source = given_by(key)
    if source or row is None:
        value = standard(key)
    return PolicyState(key, value, row, source)


def _typed(
    values: Mapping[str, Any], states: Mapping[str, PolicyState]
) -> dict[str, Any]:
    """Return the values that can be stored; raises with what is wrong with others."""
    typed, errors = {}, []
    for name, value in values.items():
        try:
            typed[name] = _read_value(states.get(name), value)
        except _Unknown as wrong:
            named = {"name": str(wrong)}
            errors.append(
                FieldError(name, "invalid", word="policies.unknown", values=named)
            )
        except Unreadable as wrong:
            errors.append(FieldError(name, "invalid", str(wrong)))
    if errors:
        raise InvalidInput(errors)
    fixed = list(_set_elsewhere(typed, states))
    if fixed:
        raise SetElsewhere(fixed)
    return typed


def _read_value(state: PolicyState | None, value: Any) -> Any:
    """Return the typed value of a key; None decides nothing. Raises Unreadable."""
    if state is None:
        raise Unreadable("no such policy here")
    if value is None:
        return None
    typed, find = state.key.kind.parse(value), NAMED.get(state.key.name)
    known = _known(state, typed)
    unknown = [n for n in typed if n not in known or not find(n)] if find else []
    if unknown:
        raise _Unknown(unknown[0])
    return typed


def _known(state: PolicyState, named: Collection[str]) -> Collection[str]:
    """Return what whoever decides may name: what they are told of, or named already."""
    if state.told is None:
        return named
    return {*state.told(named), *(state.row.value if state.row else ())}


def _set_elsewhere(
    typed: Mapping[str, Any], states: Mapping[str, PolicyState]
) -> Iterator[FieldError]:
    """Yield what can be changed at the start of the server alone; a row may go."""
    for name, value in typed.items():
        source = states[name].source
        if source and value is not None:
            yield FieldError(name, SetElsewhere.code, f"set by {source}")


def _refuse_hidden(place: Place, modes: Mapping[str, str] | None) -> None:
    """Refuse what an organization asks of fields that stay hidden whatever it asks."""
    scope, scope_id = place
    if scope not in OF_ORGANIZATION or modes is None:
        return
    elsewhere = (places_of_organization(scope_id) | {INSTANCE}) - {place}
    shown = (name for name, mode in modes.items() if mode != HIDDEN)
    errors = [
        FieldError(f"{USER_FIELDS.name}.{name}", "hidden", word="policies.hidden")
        for name in sorted(hidden_beyond(elsewhere).intersection(shown))
    ]
    if errors:
        raise InvalidInput(errors)


def _differs(before: PolicyRow | None, row: PolicyRow) -> bool:
    """Tell whether a decision is another than the one from before."""
    if before is None or row.value is None:
        return before is not None or row.value is not None
    if isinstance(row.value, tuple):
        return set(row.value) != set(before.value)
    return bool(row.value != before.value)


def _decide(row: PolicyRow, *, before: PolicyRow | None) -> None:
    """Store one decision, or take it back."""
    if row.value is None:
        delete_row(row)
    else:
        write_row(row)
    audit.record(
        "policy.changed",
        user_id=row.updated_by,
        scope=row.scope.value,
        scope_id=row.scope_id or None,
        organization=row.scope_id if row.scope in OF_ORGANIZATION else None,
        key=row.key,
        before=_shown(before.value if before else None),
        after=_shown(row.value),
    )


def _shown(value: Any) -> Any:
    """Return a value as JSON has it."""
    return list(value) if isinstance(value, tuple) else value
