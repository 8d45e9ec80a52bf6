"""What is asked of users, of all that policies and attributes say.

A policy asks for a field at sign-up, lets it be left out there, or hides it from users;
an attribute says itself when it is asked for. Of two that differ the stricter holds: to
have to give a field is stricter than not to see it. But an organization shows no field
that is hidden without it, and its owners none that operators hide in it: users would
write there what operators keep from them.
"""

from collections.abc import Collection
from dataclasses import dataclass

from idp.accounts.policies.effective import Places, effective
from idp.accounts.policies.keys import (
    HIDDEN,
    OF_ORGANIZATION,
    OPTIONAL,
    REQUIRED,
    USER_FIELDS,
    Scope,
)
from idp.accounts.profile.attributes.definitions import (
    Definition,
    Editor,
    RequiredAt,
)
from idp.accounts.profile.attributes.registry import definitions
from idp.accounts.profile.fields import FIELDS
from idp.accounts.profile.rules import FieldRules
from idp.accounts.settings import AccountsSettings
from idp.core.context import current

NAME = "name"


@dataclass(frozen=True)
class _FieldRule:
    """What is asked of one field; ``at_sign_up`` is None where a sign-up does not ask.

    Else it tells whether the field has to be given there.
    """

    required: bool = False
    at_sign_up: bool | None = None
    hidden: bool = False
    on_pages: bool = False


def rules_at(places: Places) -> FieldRules:
    """Return what holds in some places; it costs no statement."""
    decided = effective(USER_FIELDS, places)
    modes = {**decided, **dict.fromkeys(hidden_beyond(places), HIDDEN)}
    of = {name: _rule_of_mode(modes.get(name)) for name in FIELDS}
    if NAME not in effective(USER_FIELDS, _by_operators(places)):
        of[NAME] = _rule_of_name(modes.get(NAME))
    of |= {
        key: _rule_of_attribute(definition, modes.get(key))
        for key, definition in definitions().items()
    }
    return FieldRules(
        required=tuple(name for name, rule in of.items() if rule.required),
        at_sign_up={
            name: rule.at_sign_up
            for name, rule in of.items()
            if rule.at_sign_up is not None
        },
        hidden=frozenset(name for name, rule in of.items() if rule.hidden),
        on_pages=tuple(name for name, rule in of.items() if rule.on_pages),
    )


def hidden_beyond(places: Places) -> frozenset[str]:
    """Return what policies of an organization leave hidden, whatever they ask for.

    What is hidden outside of it, and for its owners what operators hide in it.
    """
    outside = _without(places, OF_ORGANIZATION)
    if outside == places:
        return frozenset()
    return _hidden_in(outside) | _hidden_in(_by_operators(places))


def _by_operators(places: Places) -> Places:
    """Return the places where operators decide."""
    return _without(places, {Scope.OWNERS})


def _without(places: Places, scopes: Collection[Scope]) -> Places:
    """Return the places that are of none of some scopes."""
    return frozenset(place for place in places if place[0] not in scopes)


def _hidden_in(places: Places) -> frozenset[str]:
    """Return which fields policies hide in some places."""
    modes = effective(USER_FIELDS, places)
    return frozenset(name for name, mode in modes.items() if mode == HIDDEN)


def _rule_of_name(mode: str | None) -> _FieldRule:
    """Return what is asked of the name, where operators have it in no policy.

    The setting says so then, for pages; owners of an organization may ask for more.
    """
    setting = current(AccountsSettings).registration_name
    if setting == REQUIRED and mode != REQUIRED:
        return _FieldRule(at_sign_up=False, on_pages=True)
    return _rule_of_mode(OPTIONAL if setting == OPTIONAL and mode is None else mode)


def _rule_of_attribute(definition: Definition, mode: str | None) -> _FieldRule:
    """Return what is asked of an attribute: what it says itself counts too."""
    if definition.editable_by != Editor.USER:
        return _FieldRule(hidden=mode == HIDDEN)
    if definition.required_at == RequiredAt.REGISTER:
        return _rule_of_mode(REQUIRED)
    if definition.required_at == RequiredAt.SIGN_IN and mode != REQUIRED:
        at_sign_up = False if mode == OPTIONAL else None
        return _FieldRule(required=True, at_sign_up=at_sign_up)
    return _rule_of_mode(mode)


def _rule_of_mode(mode: str | None) -> _FieldRule:
    """Return what a policy asks."""
    at_sign_up = mode == REQUIRED if mode in (OPTIONAL, REQUIRED) else None
    return _FieldRule(mode == REQUIRED, at_sign_up, hidden=mode == HIDDEN)
