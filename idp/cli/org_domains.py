"""``idp orgs domains``: which domains are an organization's own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click

from idp.accounts.access.permissions import Permission
from idp.cli.application import with_application
from idp.cli.client_json import always_json, moment
from idp.cli.listing import json_option, print_list
from idp.core.db import db
from idp.federation.of_organizations.domains import enforce_at_domain
from idp.organizations.access import MACHINE_OPERATOR
from idp.organizations.domains.by_mail import send_proof
from idp.organizations.domains.names import (
    MAILBOXES,
    challenge_name,
    challenge_value,
)
from idp.organizations.domains.registry import (
    add_domain,
    change_domain,
    get_domain,
    list_domains,
    remove_domain,
)
from idp.organizations.domains.renewal import proven_until
from idp.organizations.domains.verification import verify_by_dns
from idp.organizations.models import Organization, OrganizationDomain
from idp.organizations.registry import get_organization
from idp.security.requester import Requester

READ, WRITE = Permission.ORGANIZATIONS_READ, Permission.ORGANIZATIONS_WRITE


@dataclass(frozen=True)
class DomainLine:
    """One line about a domain."""

    domain: str
    state: str
    joins: str
    provider: str


@click.group()
def domains() -> None:
    """Say which domains are an organization's own, and prove it."""


@domains.command("list")
@click.argument("organization")
@json_option
@with_application(READ)
def list_all(*, organization: str, as_json: bool) -> None:
    """List the domains of the ORGANIZATION: state, who joins, how they sign in."""
    rows = list_domains(get_organization(organization))
    print_list([line_of(_told(row)) for row in rows], as_json=as_json)


@domains.command()
@click.argument("organization")
@click.argument("domain")
@always_json
@with_application(READ)
def show(*, organization: str, domain: str) -> None:
    """Print one DOMAIN with the record that proves it, as JSON."""
    _print(get_organization(organization), domain)


@domains.command()
@click.argument("organization")
@click.argument("domain")
@always_json
@with_application(WRITE)
def add(*, organization: str, domain: str) -> None:
    """Name a DOMAIN, and print the record of the DNS that proves it."""
    found = get_organization(organization)
    row = add_domain(found, domain, actor=MACHINE_OPERATOR)
    db.session.commit()
    _print(found, row.domain)


@domains.command()
@click.argument("organization")
@click.argument("domain")
@click.option(
    "--mail",
    type=click.Choice(MAILBOXES),
    help="Mail the question to this address there; else the DNS is asked.",
)
@always_json
@with_application(WRITE)
def verify(*, organization: str, domain: str, mail: str | None) -> None:
    """Look for the record of the DOMAIN now, or mail to who runs it."""
    found = get_organization(organization)
    if mail is None:
        verify_by_dns(found, domain, actor=MACHINE_OPERATOR)
    else:
        send_proof(
            found,
            domain,
            mailbox=mail,
            actor=MACHINE_OPERATOR,
            requester=Requester(),
        )
    db.session.commit()
    _print(get_organization(organization), domain)


@domains.command()
@click.argument("organization")
@click.argument("domain")
@click.option("--auto-join/--no-auto-join", default=None, help="Who joins by it.")
@click.option("--provider", help="The one way in; empty for all ways.")
@always_json
@with_application(WRITE)
def update(
    *, organization: str, domain: str, auto_join: bool | None, provider: str | None
) -> None:
    """Say what a verified DOMAIN is good for; what is not named stays."""
    found = get_organization(organization)
    if auto_join is not None:
        change_domain(found, domain, auto_join=auto_join, actor=MACHINE_OPERATOR)
    if provider is not None:
        wanted = provider or None
        enforce_at_domain(found, domain, provider_id=wanted, actor=MACHINE_OPERATOR)
    db.session.commit()
    _print(found, domain)


@domains.command()
@click.argument("organization")
@click.argument("domain")
@always_json
@with_application(WRITE)
def remove(*, organization: str, domain: str) -> None:
    """Give the DOMAIN up; members stay."""
    found = get_organization(organization)
    remove_domain(found, domain, actor=MACHINE_OPERATOR)
    db.session.commit()
    print_removed(domain)


def line_of(told: Mapping[str, Any]) -> DomainLine:
    """Return the line about a domain, as it is told of."""
    return DomainLine(
        told["domain"],
        "verified" if told["verified_at"] else "unproven",
        "by themselves" if told["auto_join"] else "when asked",
        told["provider"] or "",
    )


def print_told(told: Mapping[str, Any]) -> None:
    """Print all that is told of a domain."""
    click.echo(json.dumps(told, indent=2))


def print_removed(domain: str) -> None:
    """Print that a domain is not the organization's any more."""
    click.echo(json.dumps({"domain": domain, "removed": True}, indent=2))


def _print(organization: Organization, domain: str) -> None:
    """Print one domain; raises UnknownDomain."""
    print_told(_told(get_domain(organization, domain)))


def _told(row: OrganizationDomain) -> dict[str, Any]:
    """Return a domain as the API tells of it."""
    name, value = challenge_name(row.domain), challenge_value(row.token)
    return {
        "domain": row.domain,
        "method": row.method,
        "record": {"name": name, "type": "TXT", "value": value},
        "verified_at": moment(row.verified_at),
        "checked_at": moment(row.checked_at),
        "failures": row.failures,
        "proven_until": moment(proven_until(row)),
        "auto_join": row.auto_join,
        "provider": row.provider_id,
        "created_at": moment(row.created_at),
    }
