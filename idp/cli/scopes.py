"""``idp scopes``.

A running server follows within a second or two.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

import click

from idp.accounts.access.permissions import Permission
from idp.cli.application import with_application
from idp.cli.by_language import language_option, said_by_language
from idp.cli.client_json import always_json
from idp.cli.listing import json_option, limit_option, print_list
from idp.core.db import db
from idp.core.paging import FirstItems
from idp.oauth.custom_scopes.registry import (
    ScopeDeclaration,
    change_scope,
    create_scope,
    delete_scope,
    get_scope,
    hold_scope,
    search_scopes,
)
from idp.oauth.custom_scopes.uses import clients_of_scope

MOST = 100


@dataclass(frozen=True)
class ScopeLine:
    """One line about a scope."""

    name: str
    claims: list[str]


@click.group()
def command() -> None:
    """Define scopes about users: what apps ask for, and the claims that it opens."""


def _said_options(command: Any) -> Any:
    """Add the options that say something of a scope."""
    what = "What people are asked"
    described = language_option("--description", "descriptions", what=what)
    words = "Of the profile, or of an attribute; those given replace all."
    return described(
        click.option("--claim", "claims", multiple=True, help=words)(command)
    )


@command.command()
@click.argument("name")
@_said_options
@always_json
@with_application(Permission.APIS_WRITE)
def create(*, name: str, **options: Any) -> None:
    """Define the scope NAME, which any app may register."""
    create_scope(_changed(ScopeDeclaration(name), **options))
    db.session.commit()
    _print_scope(name)


@command.command("list")
@click.option("--query", default="", help="A part of the name.")
@limit_option(MOST)
@json_option
@with_application(Permission.APIS_READ)
def list_all(*, query: str, limit: int, as_json: bool) -> None:
    """List the scopes that operators have defined: name, claims."""
    found = search_scopes(query, FirstItems(limit)).items
    lines = [ScopeLine(each.name, list(each.claims)) for each in found]
    print_list(lines, as_json=as_json)


@command.command()
@click.argument("name")
@always_json
@with_application(Permission.APIS_READ)
def show(*, name: str) -> None:
    """Print the scope NAME, and which apps registered it, as JSON."""
    _print_scope(name)


@command.command()
@click.argument("name")
@_said_options
@always_json
@with_application(Permission.APIS_WRITE)
def update(*, name: str, **options: Any) -> None:
    """Change the scope NAME; apps that people allowed it read the claims of now."""
    change_scope(_changed(hold_scope(name), **options))
    db.session.commit()
    _print_scope(name)


@command.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@always_json
@with_application(Permission.APIS_WRITE)
def delete(*, name: str, yes: bool) -> None:
    """Delete the scope NAME: it opens nothing any more, wherever it was allowed."""
    get_scope(name)
    if not yes:
        confirm_deletion(name, clients=[said for _, said in clients_of_scope(name)])
    delete_scope(name)
    db.session.commit()
    print_deleted(name)


def members_in(
    *, descriptions: tuple[str, ...], claims: tuple[str, ...]
) -> dict[str, Any]:
    """Return what the options say; empty text takes away what was said before."""
    said: dict[str, Any] = {}
    if descriptions:
        said["description"] = said_by_language(descriptions)
    if claims:
        said["claims"] = list(claims)
    return said


def confirm_deletion(name: str, *, clients: list[str]) -> None:
    """Ask whether it is meant, with what it costs."""
    words = f"Apps that registered it: {', '.join(clients) or 'none'}. Delete {name}?"
    click.confirm(words, abort=True, err=True)


def print_deleted(name: str) -> None:
    """Print what is gone."""
    click.echo(json.dumps({"name": name, "deleted": True}, indent=2))


def print_scope(shown: dict[str, Any]) -> None:
    """Print what is said of a scope, and which clients registered it."""
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False))


def _changed(present: ScopeDeclaration, **options: Any) -> ScopeDeclaration:
    """Return a declaration with what the options say."""
    said = members_in(**options)
    if "claims" in said:
        said["claims"] = tuple(said["claims"])
    return replace(present, **said)


def _print_scope(name: str) -> None:
    """Print a scope; raises UnknownScope."""
    shown = get_scope(name).as_json()
    shown["clients"] = [
        {"client_id": client_id, "client_name": client_name}
        for client_id, client_name in clients_of_scope(name)
    ]
    print_scope(shown)
