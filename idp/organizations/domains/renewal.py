"""Proofs of domains by mail, which end: who said yes may not run the domain any more.

A record of the DNS is looked for; a mail has nobody to ask but the owners. They are
told twice before it ends, and have it confirmed again or show a record.
"""

from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select

from idp.core.clock import utcnow
from idp.core.db import db
from idp.organizations.domains.by_mail import BY_MAIL
from idp.organizations.domains.errors import UnknownDomain
from idp.organizations.domains.registry import get_domain
from idp.organizations.domains.verification import lose_domain
from idp.organizations.errors import UnknownOrganization
from idp.organizations.lifecycle.notices import notify_owners
from idp.organizations.models import Organization, OrganizationDomain
from idp.organizations.registry import get_organization, hold_organization

PROVEN_FOR = timedelta(days=180)
NOTICE = timedelta(days=30)  # also where it was proven longer ago than a proof holds
LAST_NOTICE = timedelta(days=7)
BATCH = 20
BOTH = 2

domain = OrganizationDomain


def proven_until(row: OrganizationDomain) -> datetime | None:
    """Return when a proof by mail ends; None for a domain that has none."""
    if row.verified_at is None or row.method != BY_MAIL or row.checked_at is None:
        return None
    return row.reminded_at + NOTICE if row.reminded_at else row.checked_at + PROVEN_FOR


def renew_due() -> int:
    """Tell owners of proofs by mail that end, and let those end whose time is over.

    Returns how many there were. ``failures`` counts how often they were told.
    """
    now = utcnow()
    told_last = now - (NOTICE - LAST_NOTICE)
    due = db.session.execute(
        select(domain.organization_id, domain.domain)
        .where(domain.verified_at.is_not(None), domain.method == BY_MAIL)
        .where(
            or_(
                and_(
                    domain.reminded_at.is_(None),
                    domain.checked_at <= now - (PROVEN_FOR - NOTICE),
                ),
                and_(domain.failures < BOTH, domain.reminded_at <= told_last),
                domain.reminded_at <= now - NOTICE,
            )
        )
        .order_by(domain.checked_at)
        .limit(BATCH)
    ).all()
    for organization_id, name in due:
        _renew(organization_id, name, now=now)
        db.session.commit()
    return len(due)


def _renew(organization_id: str, name: str, *, now: datetime) -> None:
    """Do what is due at a domain, unless it was confirmed or removed meanwhile."""
    try:
        organization = get_organization(organization_id)
        hold_organization(organization)
        row = get_domain(organization, name)
    except (UnknownOrganization, UnknownDomain):
        return
    until = proven_until(row)
    if until is None:
        return
    if row.reminded_at is None:
        if until - NOTICE <= now:
            row.reminded_at = now
            _remind(organization, row)
    elif until <= now:
        lose_domain(organization, row, reason="expired", message="domain_expired")
    elif row.failures < BOTH and until - LAST_NOTICE <= now:
        _remind(organization, row)


def _remind(organization: Organization, row: OrganizationDomain) -> None:
    """Mail the owners the way to the page where the domain is confirmed again."""
    row.failures += 1
    page = f"/domains/{row.domain}"
    notify_owners(organization, "domain_expiring", page=page)
