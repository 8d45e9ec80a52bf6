"""``idp orgs own-roles``: the roles that an organization names itself."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import click

from idp.accounts.access.permissions import Permission
from idp.cli.application import with_application
from idp.cli.client_json import always_json
from idp.cli.listing import json_option, print_list
from idp.core.db import db
from idp.organizations.access import MACHINE_OPERATOR
from idp.organizations.own_roles import delete_role, list_roles, set_role
from idp.organizations.registry import get_organization

READ, WRITE = Permission.ORGANIZATIONS_READ, Permission.ORGANIZATIONS_WRITE


@dataclass(frozen=True)
class OwnRoleLine:
    """One line about a role."""

    name: str
    permissions: list[str]


@click.group("own-roles")
def own_roles() -> None:
    """Name roles of an organization, which apps read and which open nothing here."""


@own_roles.command("list")
@click.argument("organization")
@json_option
@with_application(READ)
def list_all(*, organization: str, as_json: bool) -> None:
    """List the ORGANIZATION's own roles: name, what apps let its members do."""
    found = list_roles(get_organization(organization))
    lines = [OwnRoleLine(role.name, role.permissions) for role in found]
    print_list(lines, as_json=as_json)


@own_roles.command("set")
@click.argument("organization")
@click.argument("name")
@click.option(
    "--permission",
    "permissions",
    multiple=True,
    help="What apps let its members do; those given replace all.",
)
@always_json
@with_application(WRITE)
def set_one(*, organization: str, name: str, permissions: tuple[str, ...]) -> None:
    """Make or change the role NAME of the ORGANIZATION."""
    role = set_role(
        get_organization(organization),
        name,
        permissions=permissions,
        actor=MACHINE_OPERATOR,
    )
    db.session.commit()
    print_role(role.name, role.permissions)


@own_roles.command()
@click.argument("organization")
@click.argument("name")
@always_json
@with_application(WRITE)
def remove(*, organization: str, name: str) -> None:
    """Delete the role NAME of the ORGANIZATION: its members have it no more."""
    delete_role(get_organization(organization), name, actor=MACHINE_OPERATOR)
    db.session.commit()
    print_removed_role(name)


def print_role(name: str, permissions: Sequence[str]) -> None:
    """Print a role as it is now."""
    shown = {"name": name, "permissions": list(permissions)}
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False))


def print_removed_role(name: str) -> None:
    """Print that a role is no more."""
    click.echo(json.dumps({"name": name, "removed": True}, indent=2))
