"""``idp attributes``.

A running server follows within a second or two.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

import click

from idp.accounts.access.permissions import Permission
from idp.accounts.profile.attributes.definitions import (
    AttributeType,
    Definition,
    Editor,
    RequiredAt,
)
from idp.accounts.profile.attributes.registry import (
    change_attribute,
    create_attribute,
    delete_attribute,
    get_definition,
    hold_definitions,
)
from idp.accounts.profile.attributes.search import search_attributes
from idp.accounts.profile.attributes.stored import count_values
from idp.cli.application import with_application
from idp.cli.by_language import language_option, said_by_language
from idp.cli.client_json import always_json
from idp.cli.listing import json_option, limit_option, print_list
from idp.core.db import db
from idp.core.paging import FirstItems

MOST = 100


@dataclass(frozen=True)
class AttributeLine:
    """One line about an attribute."""

    key: str
    type: str
    claim: str | None
    scope: str | None
    editable_by: str
    required_at: str


@click.group()
def command() -> None:
    """Define further fields of all users, beyond the profile."""


def _said_options(command: Any) -> Any:
    """Add the options that say something of an attribute, but its type."""
    for option in reversed(
        [
            language_option("--label", "labels", what="What people read"),
            click.option(
                "--choice",
                "choices",
                multiple=True,
                help="Of the type choice; those given replace all.",
            ),
            click.option("--claim", help="What apps read it as; empty tells no app."),
            click.option("--scope", help="What opens the claim; empty: nothing."),
            click.option(
                "--editable-by",
                type=click.Choice(list(map(str, Editor))),
                help="Who writes it.",
            ),
            click.option(
                "--required-at",
                type=click.Choice(list(map(str, RequiredAt))),
                help="When people are asked for it.",
            ),
        ]
    ):
        command = option(command)
    return command


@command.command()
@click.argument("key")
@click.option(
    "--type",
    "kind",
    type=click.Choice(list(map(str, AttributeType))),
    default="text",
    show_default=True,
    help="What its values are.",
)
@_said_options
@always_json
@with_application(Permission.SETTINGS_WRITE)
def create(*, key: str, kind: str, **options: Any) -> None:
    """Define the attribute KEY; its type stays as it is made."""
    create_attribute(_changed(Definition(key, kind), **options))
    db.session.commit()
    _print_attribute(key)


@command.command("list")
@click.option("--query", default="", help="A part of the key or claim.")
@limit_option(MOST)
@json_option
@with_application(Permission.SETTINGS_READ)
def list_all(*, query: str, limit: int, as_json: bool) -> None:
    """List the attributes: key, type, claim, scope, who writes it, when it is due."""
    found = search_attributes(query, FirstItems(limit)).items
    print_lines([each.as_json() for each in found], as_json=as_json)


@command.command()
@click.argument("key")
@always_json
@with_application(Permission.SETTINGS_READ)
def show(*, key: str) -> None:
    """Print the attribute KEY, and how many people hold a value, as JSON."""
    _print_attribute(key)


@command.command()
@click.argument("key")
@_said_options
@always_json
@with_application(Permission.SETTINGS_WRITE)
def update(*, key: str, **options: Any) -> None:
    """Change the attribute KEY; what is not named stays."""
    hold_definitions()
    change_attribute(_changed(get_definition(key), **options))
    db.session.commit()
    _print_attribute(key)


@command.command()
@click.argument("key")
@click.option("--yes", is_flag=True, help="Do not ask.")
@always_json
@with_application(Permission.SETTINGS_WRITE)
def delete(*, key: str, yes: bool) -> None:
    """Delete the attribute KEY, and what people have there."""
    get_definition(key)
    if not yes:
        confirm_deletion(key, holders=count_values(key))
    forgotten = delete_attribute(key)
    db.session.commit()
    print_deleted(key, values=forgotten)


def members_in(
    *,
    labels: tuple[str, ...],
    choices: tuple[str, ...],
    claim: str | None,
    scope: str | None,
    editable_by: str | None,
    required_at: str | None,
) -> dict[str, Any]:
    """Return what the options say; empty text takes away what was said before."""
    said: dict[str, Any] = {}
    if labels:
        said["label"] = said_by_language(labels) or None
    if choices:
        said["choices"] = list(choices)
    for name, value in (("claim", claim), ("scope", scope)):
        if value is not None:
            said[name] = value or None
    rules = {"editable_by": editable_by, "required_at": required_at}
    return said | {name: value for name, value in rules.items() if value is not None}


def print_lines(found: list[dict[str, Any]], *, as_json: bool) -> None:
    """Print attributes, one a line."""
    names = AttributeLine.__dataclass_fields__
    lines = [AttributeLine(**{name: each[name] for name in names}) for each in found]
    print_list(lines, as_json=as_json)


def confirm_deletion(key: str, *, holders: int) -> None:
    """Ask whether it is meant, with what it costs."""
    words = f"Values that people have there: {holders}. Delete {key} with them?"
    click.confirm(words, abort=True, err=True)


def print_deleted(key: str, *, values: int) -> None:
    """Print what is gone: the attribute, and from how many people."""
    shown = {"key": key, "deleted": True, "values": values}
    click.echo(json.dumps(shown, indent=2))


def print_attribute(shown: dict[str, Any]) -> None:
    """Print what is said of an attribute, and how many people hold a value."""
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False))


def _changed(present: Definition, **options: Any) -> Definition:
    """Return a definition with what the options say."""
    said = members_in(**options)
    if "choices" in said:
        said["choices"] = tuple(said["choices"])
    return replace(present, **said)


def _print_attribute(key: str) -> None:
    """Print an attribute; raises UnknownAttribute."""
    print_attribute(get_definition(key).as_json() | {"holders": count_values(key)})
