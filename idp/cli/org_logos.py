"""``idp orgs logo``: the logo of an organization as a file."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from idp.accounts.access.permissions import Permission
from idp.cli.application import with_application
from idp.cli.client_json import always_json
from idp.cli.files import FILE
from idp.core.db import db
from idp.organizations.access import MACHINE_OPERATOR
from idp.organizations.changes import change_organization
from idp.organizations.logos.stored import uri_of_logo
from idp.organizations.logos.taken import read_sent_logo
from idp.organizations.registry import describe, get_organization


@click.command("logo")
@click.argument("organization")
@click.argument("file", type=FILE, required=False)
@always_json
@with_application(Permission.ORGANIZATIONS_WRITE)
def logo(*, organization: str, file: Path | None) -> None:
    """Give the ORGANIZATION the logo in FILE: PNG, JPEG, WebP or SVG; else none."""
    found, actor = get_organization(organization), MACHINE_OPERATOR
    sent = read_sent_logo(file.read_bytes(), found, actor=actor) if file else None
    uri = uri_of_logo(sent) if sent else None
    declared = replace(describe(found), logo_uri=uri)
    change_organization(found, declared, actor=actor, logo=sent)
    db.session.commit()
    print_logo(
        {"id": found.id, "slug": found.slug, "name": found.name, "logo_uri": uri}
    )


def print_logo(told: Mapping[str, Any]) -> None:
    """Print whose logo lies where."""
    shown = {name: told[name] for name in ("id", "slug", "name", "logo_uri")}
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
