"""``idp orgs``: organizations but personal ones, by slug or id."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import click

from idp.accounts.access.permissions import Permission
from idp.cli.application import with_application
from idp.cli.client_json import always_json
from idp.cli.listing import json_option, limit_option, print_list
from idp.cli.org_domains import domains
from idp.cli.org_invites import invites
from idp.cli.org_logos import logo
from idp.cli.org_roles import own_roles
from idp.cli.people import user_named
from idp.core.db import db
from idp.core.paging import FirstItems
from idp.organizations import changes
from idp.organizations.access import MACHINE_OPERATOR
from idp.organizations.lifecycle.creation import create_organization
from idp.organizations.lifecycle.deletion import schedule_deletion, undo_deletion
from idp.organizations.member_list import (
    MemberFilters,
    count_members,
    find_member,
    list_members,
)
from idp.organizations.members import add_member, change_roles, remove_member
from idp.organizations.models import OrganizationStatus
from idp.organizations.registry import (
    OrganizationDeclaration,
    describe,
    get_organization,
    list_organizations,
)
from idp.organizations.roles import MEMBER

MOST = 1000
READ, WRITE = Permission.ORGANIZATIONS_READ, Permission.ORGANIZATIONS_WRITE
Shown = Mapping[str, Any]


@dataclass(frozen=True)
class OrganizationLine:
    """One line about an organization."""

    id: str
    slug: str | None
    name: str
    status: str
    members: int


@dataclass(frozen=True)
class MemberLine:
    """One line about a member."""

    id: str
    email: str
    roles: str


@click.group()
def command() -> None:
    """Make organizations; say who belongs to them and is what there."""


for group in (domains, invites, logo, own_roles):
    command.add_command(group)


@command.command()
@click.argument("name")
@click.option("--slug", help="Its short name; else one is made of the name.")
@click.option("--logo-uri", help="Where its logo is, beginning with https://.")
@click.option("--owner", metavar="USER", help="Who owns it.")
@always_json
@with_application(WRITE)
def create(
    *, name: str, slug: str | None, logo_uri: str | None, owner: str | None
) -> None:
    """Make the organization NAME; it counts as approved."""
    declared = OrganizationDeclaration(name, slug, logo_uri)
    made = create_organization(declared, owner=user_named(owner) if owner else None)
    db.session.commit()
    _print_organization(made.id)


@command.command("list")
@click.option("--query", default="", help="A part of the name or slug, or an id.")
@limit_option(MOST)
@json_option
@with_application(READ)
def list_all(*, query: str, limit: int, as_json: bool) -> None:
    """List the organizations: id, slug, name, state, how many members."""
    found = list_organizations(query, FirstItems(limit)).items
    listed = [
        OrganizationLine(
            row.organization.id,
            row.organization.slug,
            row.organization.name,
            row.organization.status,
            row.members,
        )
        for row in found
    ]
    print_list(listed, as_json=as_json)


@command.command()
@click.argument("organization")
@always_json
@with_application(READ)
def show(*, organization: str) -> None:
    """Print the ORGANIZATION, as JSON."""
    _print_organization(organization)


@command.command()
@click.argument("organization")
@click.option("--query", default="", help="A part of a name, username or address.")
@click.option("--role", default="", help="Who has this role.")
@limit_option(MOST)
@json_option
@with_application(READ)
def members(
    *, organization: str, query: str, role: str, limit: int, as_json: bool
) -> None:
    """List the members of the ORGANIZATION: id, address, roles."""
    filters = MemberFilters(query, role, by_address=True)
    found = list_members(
        get_organization(organization), filters, request=FirstItems(limit)
    )
    listed = [
        MemberLine(each.user_id, each.email, " ".join(each.roles))
        for each in found.items
    ]
    print_list(listed, as_json=as_json)


@command.command()
@click.argument("organization")
@click.option("--name", help="Another name.")
@click.option("--slug", help="Another short name.")
@click.option("--logo-uri", help="Where its logo is; empty for none.")
@always_json
@with_application(WRITE)
def update(
    *, organization: str, name: str | None, slug: str | None, logo_uri: str | None
) -> None:
    """Change the ORGANIZATION; what is not named stays."""
    found = get_organization(organization)
    given = {"name": name, "slug": slug}
    declared = replace(describe(found), **{k: v for k, v in given.items() if v})
    if logo_uri is not None:
        declared = replace(declared, logo_uri=logo_uri or None)
    changes.change_organization(found, declared, actor=MACHINE_OPERATOR)
    db.session.commit()
    _print_organization(found.id)


@command.command()
@click.argument("organization")
@always_json
@with_application(WRITE)
def disable(*, organization: str) -> None:
    """Take the ORGANIZATION out of use: what is open in it ends."""
    _set_status(organization, OrganizationStatus.DISABLED)


@command.command()
@click.argument("organization")
@always_json
@with_application(WRITE)
def enable(*, organization: str) -> None:
    """Let the ORGANIZATION be used again."""
    _set_status(organization, OrganizationStatus.ACTIVE)


@command.command()
@click.argument("organization")
@always_json
@with_application(WRITE)
def approve(*, organization: str) -> None:
    """Say that you know the ORGANIZATION: limits against strangers do not hold."""
    found = get_organization(organization)
    changes.approve(found, actor=MACHINE_OPERATOR)
    db.session.commit()
    _print_organization(found.id)


@command.command()
@click.argument("organization")
@click.option("--yes", is_flag=True, help="Do not ask.")
@always_json
@with_application(WRITE)
def delete(*, organization: str, yes: bool) -> None:
    """Take the ORGANIZATION out of use, and erase it in fourteen days."""
    found = get_organization(organization)
    if not yes:
        click.confirm(f"Delete {found.name}?", abort=True, err=True)
    schedule_deletion(found, actor=MACHINE_OPERATOR)
    db.session.commit()
    _print_organization(found.id)


@command.command()
@click.argument("organization")
@always_json
@with_application(WRITE)
def undo(*, organization: str) -> None:
    """Keep the ORGANIZATION that is to be deleted."""
    found = get_organization(organization)
    undo_deletion(found, actor=MACHINE_OPERATOR)
    db.session.commit()
    _print_organization(found.id)


@command.command()
@click.argument("organization")
@click.argument("login", metavar="USER")
@click.option("--role", "roles", multiple=True, help="What they are; else a member.")
@always_json
@with_application(WRITE)
def add(*, organization: str, login: str, roles: tuple[str, ...]) -> None:
    """Make USER (address, username or id) a member of the ORGANIZATION."""
    found, user = get_organization(organization), user_named(login)
    add_member(found, user.id, roles=roles or (MEMBER,), actor=MACHINE_OPERATOR)
    db.session.commit()
    _print_member(found.id, user.id)


@command.command()
@click.argument("organization")
@click.argument("login", metavar="USER")
@click.argument("roles", metavar="ROLE...", nargs=-1, required=True)
@always_json
@with_application(WRITE)
def roles(*, organization: str, login: str, roles: tuple[str, ...]) -> None:
    """Give USER these roles in the ORGANIZATION, and no others."""
    found, user = get_organization(organization), user_named(login)
    change_roles(found, user.id, roles=roles, actor=MACHINE_OPERATOR)
    db.session.commit()
    _print_member(found.id, user.id)


@command.command()
@click.argument("organization")
@click.argument("login", metavar="USER")
@always_json
@with_application(WRITE)
def remove(*, organization: str, login: str) -> None:
    """End the membership of USER in the ORGANIZATION; the last owner stays."""
    found, user = get_organization(organization), user_named(login)
    remove_member(found, user.id, actor=MACHINE_OPERATOR)
    db.session.commit()
    _print_organization(found.id)


def print_shown(shown: Shown) -> None:
    """Print an organization or a member, of which an answer may say more."""
    click.echo(json.dumps(shown, indent=2, ensure_ascii=False))


def _set_status(organization: str, status: OrganizationStatus) -> None:
    """Disable or enable an organization, and print it."""
    found = get_organization(organization)
    changes.set_status(found, status, actor=MACHINE_OPERATOR)
    db.session.commit()
    _print_organization(found.id)


def _print_organization(organization: str) -> None:
    """Print an organization; raises UnknownOrganization."""
    found = get_organization(organization)
    delete_at = found.delete_at
    print_shown(
        {
            "id": found.id,
            "slug": found.slug,
            "name": found.name,
            "logo_uri": found.logo_uri,
            "status": found.status,
            "approved": found.approved_at is not None,
            "delete_at": delete_at.isoformat() if delete_at else None,
            "member_count": count_members(found),
        }
    )


def _print_member(organization: str, user_id: str) -> None:
    """Print one member."""
    member = find_member(get_organization(organization), user_id)
    if member is not None:
        shown = {"id": member.user_id, "email": member.email}
        print_shown({**shown, "roles": list(member.roles)})
