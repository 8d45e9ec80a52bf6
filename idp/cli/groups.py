"""``idp groups``.

What is printed of a change holds for the next tokens.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

import click

from idp.accounts.access.permissions import Permission
from idp.accounts.groups.members import (
    add_member,
    count_members,
    list_members,
    remove_member,
)
from idp.accounts.groups.registry import (
    GroupDeclaration,
    change_group,
    create_group,
    delete_group,
    get_group,
    list_groups,
)
from idp.cli.application import with_application
from idp.cli.client_json import always_json
from idp.cli.listing import json_option, limit_option, print_list
from idp.cli.people import user_named
from idp.core.db import db
from idp.core.paging import FirstItems

MOST = 1000


@dataclass(frozen=True)
class GroupLine:
    """One line about a group."""

    id: str
    name: str
    description: str
    members: int


@click.group()
def command() -> None:
    """Put people into groups: apps read them, and may be open to some alone."""


@command.command()
@click.argument("name")
@click.option("--description", default="", help="What it is for.")
@always_json
@with_application(Permission.GROUPS_WRITE)
def create(*, name: str, description: str) -> None:
    """Make the group NAME, which apps read in the claim `groups`."""
    create_group(GroupDeclaration(name, description))
    db.session.commit()
    _print_group(name)


@command.command("list")
@click.option("--query", default="", help="A part of the name or description.")
@limit_option(MOST)
@json_option
@with_application(Permission.GROUPS_READ)
def list_all(*, query: str, limit: int, as_json: bool) -> None:
    """List the groups: id, name, description, how many members."""
    found = list_groups(query, FirstItems(limit)).items
    listed = [
        GroupLine(row.group.id, row.group.name, row.group.description, row.members)
        for row in found
    ]
    print_list(listed, as_json=as_json)


@command.command()
@click.argument("name")
@limit_option(MOST)
@always_json
@with_application(Permission.GROUPS_READ)
def show(*, name: str, limit: int) -> None:
    """Print the group NAME and its members, as JSON."""
    _print_group(name, members=limit)


@command.command()
@click.argument("name")
@click.option("--name", "new_name", help="Another name.")
@click.option("--description", help="What it is for.")
@always_json
@with_application(Permission.GROUPS_WRITE)
def update(*, name: str, new_name: str | None, description: str | None) -> None:
    """Change the group NAME; what is not named stays."""
    group = get_group(name)
    declared = GroupDeclaration(group.name, group.description)
    if new_name is not None:
        declared = replace(declared, name=new_name)
    if description is not None:
        declared = replace(declared, description=description)
    change_group(group, declared)
    db.session.commit()
    _print_group(declared.name)


@command.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@always_json
@with_application(Permission.GROUPS_WRITE)
def delete(*, name: str, yes: bool) -> None:
    """Delete the group NAME: its members lose what it gave them."""
    group = get_group(name)
    if not yes:
        click.confirm(f"Delete {group.name} for good?", abort=True, err=True)
    shown = {"id": group.id, "name": group.name, "deleted": True}
    delete_group(group)
    db.session.commit()
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False))


@command.command()
@click.argument("name")
@click.argument("logins", metavar="USER...", nargs=-1, required=True)
@always_json
@with_application(Permission.GROUPS_WRITE)
def add(*, name: str, logins: tuple[str, ...]) -> None:
    """Put each USER (address, username or id) into the group NAME."""
    group = get_group(name)
    for user in [user_named(login) for login in logins]:
        add_member(group, user)
    db.session.commit()
    _print_group(name)


@command.command()
@click.argument("name")
@click.argument("logins", metavar="USER...", nargs=-1, required=True)
@always_json
@with_application(Permission.GROUPS_WRITE)
def remove(*, name: str, logins: tuple[str, ...]) -> None:
    """Take each USER (address, username or id) out of the group NAME."""
    group = get_group(name)
    for user in [user_named(login) for login in logins]:
        remove_member(group, user.id)
    db.session.commit()
    _print_group(name)


def _print_group(name: str, *, members: int = MOST) -> None:
    """Print a group; raises UnknownGroup."""
    group = get_group(name)
    shown: dict[str, Any] = {
        "id": group.id,
        "name": group.name,
        "description": group.description,
        "member_count": count_members(group),
        "members": [
            {"id": user.id, "email": user.email}
            for user in list_members(group, FirstItems(members)).items
        ],
    }
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
