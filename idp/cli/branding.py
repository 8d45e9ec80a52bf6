"""``idp branding``.

A running server follows within a second.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import click

from idp.accounts.access.permissions import Permission
from idp.administration.branding.changes import (
    NewLogo,
    Which,
    change_branding,
    hold_branding,
)
from idp.cli.application import with_application
from idp.cli.client_json import always_json
from idp.cli.files import FILE
from idp.core.branding.instance import LINKS, read_branding
from idp.core.db import db
from idp.core.pictures.addresses import picture_uri
from idp.core.pictures.logos import read_logo

LOGOS: tuple[Which, ...] = ("logo", "dark_logo")


@click.group()
def command() -> None:
    """Give the server a name, a colour, logos and links."""


@command.command()
@always_json
@with_application(Permission.SETTINGS_READ)
def show() -> None:
    """Print the branding, as JSON."""
    _print_present()


@command.command("set")
@click.option("--name", help="What the server is called; empty for the setting's.")
@click.option("--colour", help="#rrggbb; empty for none.")
@click.option("--website-uri", help="An https address; empty for none.")
@click.option("--support-uri", help="An https address; empty for none.")
@click.option("--privacy-uri", help="An https address; empty for none.")
@click.option("--terms-uri", help="An https address; empty for none.")
@click.option("--logo", type=FILE, help="A PNG, JPEG, WebP or SVG file.")
@click.option("--dark-logo", type=FILE, help="The same for dark pages.")
@click.option("--no-logo", is_flag=True, help="Remove the logo.")
@click.option("--no-dark-logo", is_flag=True, help="Remove the logo of dark pages.")
@always_json
@with_application(Permission.BRANDING)
def set_branding(**options: Any) -> None:
    """Change what is named; the rest stays."""
    logos: dict[Which, NewLogo] = {}
    for which in LOGOS:
        file = options[which]
        if file is not None:
            logos[which] = NewLogo(read_logo(file.read_bytes()))
        elif options[f"no_{which}"]:
            logos[which] = NewLogo(None)
    said, held = said_in(options), hold_branding()
    wanted = replace(
        held,
        name=said.get("name", held.name),
        colour=said.get("colour", held.colour),
        links={link: said.get(link, held.links.get(link, "")) for link in LINKS},
    )
    change_branding(wanted, by=None, logos=logos)
    db.session.commit()
    _print_present()


def said_in(options: Mapping[str, Any]) -> dict[str, str]:
    """Return what is said of name, colour and links."""
    named = ("name", "colour", *LINKS)
    return {name: options[name] for name in named if options[name] is not None}


def print_branding(told: object) -> None:
    """Print the branding."""
    click.echo(json.dumps(told, indent=2, ensure_ascii=False))


def _print_present() -> None:
    """Print it as the API answers it."""
    found = read_branding()
    print_branding(
        {
            "name": found.name,
            "colour": found.colour,
            **{link: found.links.get(link) for link in LINKS},
            "logo_uri": found.logo and picture_uri(found.logo),
            "dark_logo_uri": found.dark_logo and picture_uri(found.dark_logo),
        }
    )
