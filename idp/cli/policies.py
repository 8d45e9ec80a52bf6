"""``idp policies``.

A running server follows within a second.
"""

import json
from dataclasses import dataclass
from typing import Any

import click

from idp.accounts.access.permissions import Permission
from idp.accounts.errors import InvalidInput
from idp.accounts.policies.effective import INSTANCE
from idp.accounts.policies.keys import KEYS, Scope
from idp.accounts.policies.rows import Place
from idp.administration.policies import (
    PolicyState,
    change_policies,
    decided_places,
    hold_policies,
    list_policies,
    place_of,
)
from idp.cli.application import with_application
from idp.cli.listing import json_option, print_list
from idp.core.db import db
from idp.core.errors import FieldError
from idp.core.settings.values import Unreadable


@dataclass(frozen=True)
class ListedPolicy:
    """One line about a policy."""

    scope: str
    scope_id: str
    key: str
    value: Any
    source: str


@click.group()
def command() -> None:
    """Decide who may sign up, how people sign in, how long sessions last."""


def _for_place(run: Any) -> Any:
    """Add the options that say for whom a policy is."""
    for option in (
        click.option(
            "--scope",
            type=click.Choice([scope.value for scope in Scope]),
            default=Scope.INSTANCE.value,
            help="For all (instance), or who has to do with a client, role or "
            "organization.",
        ),
        click.option(
            "--id", "scope_id", default="", help="Which client, role or organization."
        ),
    ):
        run = option(run)
    return run


@command.command("list")
@_for_place
@json_option
@with_application(Permission.SETTINGS_READ)
def list_all(*, scope: str, scope_id: str, as_json: bool) -> None:
    """List what holds at the instance, and what was decided elsewhere.

    The strictest of all that apply wins. With --scope and --id only what can be decided
    there.
    """
    places = [place_of(scope, scope_id)]
    if places == [INSTANCE]:
        places += decided_places()
    listed = [
        _line(place, state)
        for place in places
        for state in list_policies(place)
        if place == INSTANCE or scope_id or state.row
    ]
    print_list(listed, as_json=as_json)


@command.command("set")
@click.argument("key", type=click.Choice(list(KEYS)))
@click.argument("value")
@_for_place
@json_option
@with_application(Permission.SETTINGS_WRITE)
def set_value(
    *, key: str, value: str, scope: str, scope_id: str, as_json: bool
) -> None:
    """Decide that KEY is VALUE: one word, a number, or words with commas between."""
    typed = typed_value(key, value)
    _change(place_of(scope, scope_id), key, value=typed, as_json=as_json)


@command.command()
@click.argument("key", type=click.Choice(list(KEYS)))
@_for_place
@json_option
@with_application(Permission.SETTINGS_WRITE)
def unset(*, key: str, scope: str, scope_id: str, as_json: bool) -> None:
    """Decide nothing about KEY any more."""
    _change(place_of(scope, scope_id), key, value=None, as_json=as_json)


def typed_value(key: str, text: str) -> Any:
    """Return what a text means as a value of a key; raises InvalidInput."""
    try:
        return KEYS[key].kind.from_text(text)
    except Unreadable as wrong:
        raise InvalidInput([FieldError(key, "invalid", str(wrong))]) from wrong


def _change(place: Place, key: str, *, value: Any, as_json: bool) -> None:
    """Decide as the operator of this machine, and print what holds."""
    change_policies(place, {key: value}, held=hold_policies(place))
    db.session.commit()
    (state,) = (state for state in list_policies(place) if state.key.name == key)
    line = _line(place, state)
    if as_json:
        click.echo(json.dumps(line.__dict__, indent=2))
    else:
        print_list([line], as_json=False)


def _line(place: Place, state: PolicyState) -> ListedPolicy:
    """Return a policy as it is listed."""
    scope, scope_id = place
    value = list(state.value) if isinstance(state.value, tuple) else state.value
    return ListedPolicy(scope.value, scope_id, state.key.name, value, state.source_name)
