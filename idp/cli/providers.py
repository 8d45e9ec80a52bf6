"""``idp providers``.

A running server follows within half a minute.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import click

from idp.accounts.access.permissions import OPERATOR, Permission
from idp.cli import REFUSED_STATUS
from idp.cli.application import with_application
from idp.cli.client_json import always_json
from idp.cli.listing import json_option, print_list
from idp.cli.provider_options import members_in, said_options
from idp.core.db import db
from idp.federation.discovery_url import with_issuer_found
from idp.federation.preview import preview
from idp.federation.providers.cache import list_providers
from idp.federation.providers.declared import read_declaration
from idp.federation.providers.links import count_all_links, count_links
from idp.federation.providers.presets import PRESETS
from idp.federation.providers.registry import (
    change_provider,
    create_provider,
    delete_provider,
    get_provider,
    order_providers,
    switch_provider,
)
from idp.federation.providers.rows import said_of
from idp.federation.providers.view import told_of, told_presets
from idp.federation.trial import try_provider
from idp.web.provider_words import preview_words, trial_words


@dataclass(frozen=True)
class ProviderLine:
    """One line about a provider."""

    id: str
    name: str
    kind: str
    state: str
    linked: int


@dataclass(frozen=True)
class PresetLine:
    """One line about a preset, with what it asks for."""

    id: str
    name: str
    asks: str


@click.group()
def command() -> None:
    """Set up who else signs people in, and inspect and change them."""


@command.command()
@click.argument("provider_id", metavar="ID")
@click.option("--preset", type=click.Choice(list(PRESETS)), help="What is known of it.")
@click.option("--tenant", help="The directory ID, at Microsoft.")
@said_options
@always_json
@with_application(Permission.PROVIDERS_WRITE)
def create(
    *, provider_id: str, preset: str | None, tenant: str | None, **options: Any
) -> None:
    """Add the provider ID; register the redirect_uri that it prints there."""
    said, secret = members_in(preset=preset, **options)
    declared = read_declaration(with_issuer_found(said), tenant=tenant)
    create_provider(provider_id, declared, secret=secret, held=OPERATOR)
    db.session.commit()
    _print_provider(provider_id)


@command.command("list")
@json_option
@with_application(Permission.PROVIDERS_READ)
def list_all(*, as_json: bool) -> None:
    """List the providers in the order of their buttons."""
    linked = count_all_links()
    listed = [
        line_of(told_of(each, linked=linked.get(each.id, 0)))
        for each in list_providers()
    ]
    print_list(listed, as_json=as_json)


@command.command()
@click.argument("provider_id", metavar="ID")
@always_json
@with_application(Permission.PROVIDERS_READ)
def show(*, provider_id: str) -> None:
    """Print all that is said of the provider, as JSON; never its secret."""
    _print_provider(provider_id)


@command.command()
@click.argument("provider_id", metavar="ID")
@said_options
@always_json
@with_application(Permission.PROVIDERS_WRITE)
def update(*, provider_id: str, **options: Any) -> None:
    """Change the provider; what is not named stays."""
    present = said_of(get_provider(provider_id))
    said, secret = members_in(present=present["ldap"], **options)
    declared = read_declaration(said, present=present)
    change_provider(provider_id, declared, secret=secret, held=OPERATOR)
    db.session.commit()
    _print_provider(provider_id)


@command.command()
@click.argument("provider_id", metavar="ID")
@always_json
@with_application(Permission.PROVIDERS_WRITE)
def disable(*, provider_id: str) -> None:
    """Let nobody sign in by the provider; who is linked stays so."""
    _switch(provider_id, off=True)


@command.command()
@click.argument("provider_id", metavar="ID")
@always_json
@with_application(Permission.PROVIDERS_WRITE)
def enable(*, provider_id: str) -> None:
    """Let people sign in by the provider again."""
    _switch(provider_id, off=False)


@command.command("test")
@click.argument("provider_id", metavar="ID")
@click.option("--login", default="", help="Whom to look for in a directory.")
@json_option
@with_application(Permission.PROVIDERS_WRITE)
def test_provider(*, provider_id: str, login: str, as_json: bool) -> None:
    """Ask the provider what it is asked at a sign-in; nobody signs in.

    Ends with 1 where something fails.
    """
    done = try_provider(provider_id, login=login.strip())
    db.session.commit()
    told = {"passed": done.passed, **asdict(done), "message": trial_words(done)}
    print_test(told, as_json=as_json)


@command.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@always_json
@with_application(Permission.PROVIDERS_WRITE)
def order(*, ids: tuple[str, ...]) -> None:
    """Put the buttons into this order; those that are not named follow."""
    for provider_id in ids:
        get_provider(provider_id)
    order_providers(ids)
    db.session.commit()
    print_order([each.id for each in list_providers()])


@command.command()
@click.argument("provider_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@always_json
@with_application(Permission.PROVIDERS_WRITE)
def delete(*, provider_id: str, yes: bool) -> None:
    """Delete the provider and all links to it; users keep their accounts."""
    provider = get_provider(provider_id)
    confirm_deletion(provider.name, linked=count_links(provider_id), yes=yes)
    delete_provider(provider_id)
    db.session.commit()
    print_deleted(provider_id)


@command.command()
@json_option
@with_application(Permission.PROVIDERS_READ)
def presets(*, as_json: bool) -> None:
    """List the providers of which much is known: each can be named at create."""
    print_presets(told_presets(), as_json=as_json)


@command.command()
@click.argument("url", metavar="URL")
@json_option
@with_application(Permission.PROVIDERS_WRITE)
def discover(*, url: str, as_json: bool) -> None:
    """Ask the OpenID Provider at an issuer, or a discovery URL, what it is.

    Nothing is kept. Ends with 1 where that fails.
    """
    asked = preview(url)
    told = {
        "found": asdict(asked.found) if asked.found else None,
        "error": asked.trial.error,
        "message": preview_words(asked),
    }
    print_preview(told, as_json=as_json)


def line_of(told: dict[str, Any]) -> ProviderLine:
    """Return the line about a provider."""
    state = "off" if told["disabled_at"] else "on"
    names = ("id", "name", "kind", "linked")
    return ProviderLine(state=state, **{name: told[name] for name in names})


def print_told(told: dict[str, Any]) -> None:
    """Print all that is told of a provider."""
    click.echo(json.dumps(told, indent=2, ensure_ascii=False, default=_moment))


def print_order(ids: list[str]) -> None:
    """Print the order of all providers."""
    click.echo(json.dumps({"order": ids}, indent=2))


def print_deleted(provider_id: str) -> None:
    """Print that a provider is no more."""
    click.echo(json.dumps({"id": provider_id, "deleted": True}, indent=2))


def confirm_deletion(name: str, *, linked: int, yes: bool) -> None:
    """Ask, unless that was answered."""
    if not yes:
        asked = f"Delete {name} for good? Links of {linked} users go with it."
        click.confirm(asked, abort=True, err=True)


def print_test(told: dict[str, Any], *, as_json: bool) -> None:
    """Print what came of a test, and end with 1 where something failed."""
    found = told.get("found")
    click.echo(json.dumps(told, indent=2) if as_json else told["message"])
    if found and not as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    if not told["passed"]:
        click.get_current_context().exit(REFUSED_STATUS)


def print_presets(told: list[dict[str, Any]], *, as_json: bool) -> None:
    """Print the presets: a line each, or all that they say."""
    if as_json:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    lines = [
        PresetLine(each["id"], each["name"], " ".join(each["asks"])) for each in told
    ]
    print_list(lines, as_json=False)


def print_preview(told: dict[str, Any], *, as_json: bool) -> None:
    """Print what a provider says of itself, and end with 1 where that failed."""
    if as_json:
        click.echo(json.dumps(told, indent=2))
    else:
        click.echo(told["message"])
        for name, value in (told["found"] or {}).items():
            click.echo(f"{name}: {value}")
    if told["found"] is None:
        click.get_current_context().exit(REFUSED_STATUS)


def _switch(provider_id: str, *, off: bool) -> None:
    """Switch a provider off or on."""
    switch_provider(provider_id, off=off)
    db.session.commit()
    _print_provider(provider_id)


def _print_provider(provider_id: str) -> None:
    """Print what holds; raises UnknownProvider."""
    provider = get_provider(provider_id)
    print_told(told_of(provider, linked=count_links(provider_id)))


def _moment(value: object) -> str:
    """Return a time as RFC 3339 text."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    raise TypeError
