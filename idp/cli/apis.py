"""``idp apis``.

A running server follows within half a minute.
"""

import json
from dataclasses import dataclass, replace
from typing import Any, TextIO

import click

from idp.accounts.access.permissions import Permission
from idp.cli.application import with_application
from idp.cli.client_json import always_json
from idp.cli.listing import json_option, print_list
from idp.core.db import db
from idp.oauth.apis.builtin import builtin_names
from idp.oauth.apis.declared import read_scopes
from idp.oauth.apis.registry import (
    ApiDeclaration,
    change_api,
    create_api,
    declaration_of,
    delete_api,
    get_api,
    list_apis,
)
from idp.oauth.apis.view import ACCESS_TOKEN_ALGS, DEFAULT_LANGUAGE


@dataclass(frozen=True)
class ListedApi:
    """One line about an API."""

    identifier: str
    name: str
    kind: str
    scopes: list[str]


@click.group()
def command() -> None:
    """Register, inspect and change APIs: what clients may ask for tokens for."""


def _declared(command: Any) -> Any:
    """Add the options that say what is declared of an API."""
    for option in reversed(
        [
            click.option("--name", help="The name that people read."),
            click.option(
                "--scope",
                "named_scopes",
                multiple=True,
                help="NAME or NAME=DESCRIPTION; those given replace all present ones.",
            ),
            click.option(
                "--scopes",
                "scope_file",
                type=click.File(encoding="utf-8-sig"),
                help='Scopes as JSON: [{"name": "read", "description": {"en": ...}}].',
            ),
            click.option(
                "--signing-alg",
                type=click.Choice([*ACCESS_TOKEN_ALGS, ""]),
                help="How its access tokens are signed; empty: as the client says.",
            ),
            click.option(
                "--access-token-seconds",
                type=int,
                help="How long its access tokens live; 0: as the client says.",
            ),
        ]
    ):
        command = option(command)
    return command


@command.command()
@click.argument("identifier")
@_declared
@always_json
@with_application(Permission.APIS_WRITE)
def create(*, identifier: str, **options: Any) -> None:
    """Register the API whose resource is IDENTIFIER, an absolute URI."""
    create_api(identifier, _changed(ApiDeclaration(name=identifier), **options))
    db.session.commit()
    _print_api(identifier)


@command.command("list")
@json_option
@with_application(Permission.APIS_READ)
def list_all(*, as_json: bool) -> None:
    """List the APIs, first those that this server is itself."""
    listed = [
        ListedApi(identifier, name, "built in", [])
        for identifier, name in builtin_names().items()
    ]
    for api in list_apis():
        kind = "imported" if api.imported else "registered"
        names = list(declaration_of(api).scopes)
        listed.append(ListedApi(api.identifier, api.name, kind, names))
    print_list(listed, as_json=as_json)


@command.command()
@click.argument("identifier")
@always_json
@with_application(Permission.APIS_READ)
def show(*, identifier: str) -> None:
    """Print what is declared of the API, as JSON."""
    _print_api(identifier)


@command.command()
@click.argument("identifier")
@_declared
@always_json
@with_application(Permission.APIS_WRITE)
def update(*, identifier: str, **options: Any) -> None:
    """Change the API; what is not named stays."""
    api = get_api(identifier)
    change_api(api, _changed(declaration_of(api), **options))
    db.session.commit()
    _print_api(identifier)


@command.command()
@click.argument("identifier")
@click.option("--yes", is_flag=True, help="Do not ask.")
@always_json
@with_application(Permission.APIS_WRITE)
def delete(*, identifier: str, yes: bool) -> None:
    """Delete the API: no client gets tokens for it any more."""
    api = get_api(identifier)
    if not yes:
        click.confirm(f"Delete {api.name} for good?", abort=True, err=True)
    delete_api(api)
    db.session.commit()
    click.echo(json.dumps({"identifier": identifier, "deleted": True}, indent=2))


def scope_of(typed: str) -> tuple[str, dict[str, str]]:
    """Read NAME or NAME=DESCRIPTION."""
    name, _, description = typed.partition("=")
    return name, {DEFAULT_LANGUAGE: description} if description else {}


def scopes_in(file: TextIO) -> dict[str, dict[str, str]]:
    """Read the scopes in a file."""
    try:
        return read_scopes(json.load(file))
    except ValueError as error:
        raise click.BadParameter(f"no JSON: {error}", param_hint="--scopes") from error


def _changed(
    declared: ApiDeclaration,
    *,
    name: str | None,
    named_scopes: tuple[str, ...],
    scope_file: TextIO | None,
    signing_alg: str | None,
    access_token_seconds: int | None,
) -> ApiDeclaration:
    """Return a declaration with what the options say."""
    if name is not None:
        declared = replace(declared, name=name)
    if signing_alg is not None:
        declared = replace(declared, signing_alg=signing_alg or None)
    if access_token_seconds is not None:
        declared = replace(declared, access_token_seconds=access_token_seconds or None)
    if scope_file is not None:
        declared = replace(declared, scopes=scopes_in(scope_file))
    if named_scopes:
        declared = replace(declared, scopes=dict(map(scope_of, named_scopes)))
    return declared


def _print_api(identifier: str) -> None:
    """Print what is declared; raises UnknownApi."""
    api = get_api(identifier)
    declared = declaration_of(api)
    shown = {
        "identifier": identifier,
        "name": declared.name,
        "signing_alg": declared.signing_alg,
        "access_token_seconds": declared.access_token_seconds,
        "imported": api.imported,
        "scopes": [
            {"name": name, "description": description}
            for name, description in declared.scopes.items()
        ],
    }
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
