"""Proving whose a domain is by a record of the DNS.

It is looked for again each week: the domain may have another owner by then.
"""

from datetime import timedelta

from sqlalchemy import select

from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db, undo_if_used, unless_taken
from idp.mail.messages import MessageName
from idp.organizations.access import Actor
from idp.organizations.changes import hold_shared
from idp.organizations.domains.errors import (
    DnsAway,
    DomainTaken,
    DomainUnproven,
    UnknownDomain,
)
from idp.organizations.domains.names import challenge_name, challenge_value
from idp.organizations.domains.registry import get_domain, record
from idp.organizations.errors import UnknownOrganization
from idp.organizations.lifecycle.notices import notify_owners
from idp.organizations.models import Organization, OrganizationDomain
from idp.organizations.registry import get_organization, hold_organization
from idp.organizations.rights import Right
from idp.security.dns import Dns, NoAnswer

BY_DNS = "dns"
WEEK = timedelta(days=7)
MOST_FAILURES = 3
BATCH = 10


def verify_by_dns(
    organization: Organization, domain: str, *, actor: Actor
) -> OrganizationDomain:
    """Look for the record that proves a domain, and let it be the organization's.

    Raises DomainUnproven, DnsAway, DomainTaken where another was faster, UnknownDomain,
    and what ``hold_shared`` does.
    """
    asked = get_domain(organization, domain)
    organization_id, domain, token = organization.id, asked.domain, asked.token
    found = _is_found(domain, token=token)
    if found is None:
        raise DnsAway
    held = get_organization(organization_id)
    hold_shared(held, Right.DOMAINS, actor=actor)
    row = get_domain(held, domain)
    if not found or row.token != token:
        raise DomainUnproven
    set_verified(held, row, method=BY_DNS, by=actor.user_id)
    return row


def set_verified(
    organization: Organization, row: OrganizationDomain, *, method: str, by: str | None
) -> None:
    """Let a domain be the organization's; raises DomainTaken where it is another's."""
    was = row.verified_at is not None
    with unless_taken(DomainTaken):
        row.method, row.checked_at, row.failures = method, utcnow(), 0
        row.verified_at = row.verified_at or utcnow()
        row.mail_digest, row.reminded_at = None, None
        db.session.flush()
    if not was:
        told = {"before": {"verified": False}, "after": {"verified": True}}
        record(organization, row, by=by, method=method, **told)


def lose_domain(
    organization: Organization,
    row: OrganizationDomain,
    *,
    reason: str,
    message: MessageName,
) -> None:
    """Let a domain of an organization, which is held, be nobody's; owners are told."""
    row.verified_at, row.provider_id = None, None
    row.failures, row.reminded_at = 0, None
    told = {"before": {"verified": True}, "after": {"verified": False}}
    record(organization, row, by=None, reason=reason, **told)
    notify_owners(organization, message, page=f"/domains/{row.domain}")


def check_due() -> int:
    """Look for the records that were not looked for in a week; return how many.

    Three times in a row not found, and the domain is nobody's: who owned it is mailed.
    Where no name server gives an answer that is no proof of anything: it is looked for
    a week later.
    """
    due = db.session.execute(
        select(OrganizationDomain.id, OrganizationDomain.domain)
        .add_columns(OrganizationDomain.token, OrganizationDomain.organization_id)
        .where(
            OrganizationDomain.verified_at.is_not(None),
            OrganizationDomain.method == BY_DNS,
            OrganizationDomain.checked_at <= utcnow() - WEEK,
        )
        .order_by(OrganizationDomain.checked_at)
        .limit(BATCH)
    ).all()
    for asked in due:
        found = _is_found(asked.domain, token=asked.token)
        _note(asked.organization_id, asked.domain, found=found)
        db.session.commit()
    return len(due)


def _note(organization_id: str, domain: str, *, found: bool | None) -> None:
    """Write down what a weekly look has found, None where there was no answer."""
    try:
        organization = get_organization(organization_id)
        hold_organization(organization)
        row = get_domain(organization, domain)
    except (UnknownOrganization, UnknownDomain):  # meanwhile removed
        return
    row.checked_at = utcnow()
    if found is None:
        return
    row.failures = 0 if found else row.failures + 1
    if row.failures >= MOST_FAILURES:
        lose_domain(organization, row, reason="lost", message="domain_lost")


def _is_found(domain: str, *, token: str) -> bool | None:
    """Tell whether the record is there, None where no name server gave an answer.

    No connection is held while they are asked.
    """
    undo_if_used()
    texts = current(Dns).texts(challenge_name(domain))
    if isinstance(texts, NoAnswer):
        return None
    return challenge_value(token) in texts
