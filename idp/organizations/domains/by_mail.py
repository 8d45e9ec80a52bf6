"""Proving whose a domain is by a mail to who runs it, who has to say yes."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import select

from idp.accounts.mail_limits import count_mail
from idp.accounts.users import find_user
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db
from idp.core.errors import FieldError
from idp.core.randomness import digest, new_token
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.organizations.access import Actor
from idp.organizations.changes import hold_shared
from idp.organizations.domains.errors import InvalidDomain, UnknownDomain
from idp.organizations.domains.names import MAILBOXES
from idp.organizations.domains.registry import get_domain
from idp.organizations.domains.verification import set_verified
from idp.organizations.errors import UnknownOrganization
from idp.organizations.models import Organization, OrganizationDomain
from idp.organizations.registry import get_organization, hold_organization
from idp.organizations.rights import Right
from idp.security.requester import Requester

BY_MAIL = "mail"
HOLDS = timedelta(days=1)
PAGE = "/organization-domain"


@dataclass(frozen=True)
class AskedDomain:
    """Which organization asks for which domain, by a link that was mailed."""

    organization: Organization
    domain: str


def send_proof(
    organization: Organization,
    domain: str,
    *,
    mailbox: str,
    actor: Actor,
    requester: Requester,
) -> None:
    """Mail a link that proves a domain to one who runs it; an older one is void.

    ``mailbox`` is the part before the @, one of ``MAILBOXES``. Raises InvalidDomain for
    another, RateLimited, UnknownDomain, and what ``hold_shared`` does.
    """
    if mailbox not in MAILBOXES:
        raise InvalidDomain(
            [FieldError("mailbox", "unknown", word="organization.mailbox")]
        )
    address = f"{mailbox}@{get_domain(organization, domain).domain}"
    count_mail(address, requester=requester)
    hold_shared(organization, Right.DOMAINS, actor=actor)
    row, token = get_domain(organization, domain), new_token()
    row.mail_digest, row.mailed_at = digest(token), utcnow()
    db.session.flush()
    outbox.send(
        "domain_confirm",
        to=address,
        link=f"{current(ServerSettings).issuer}{PAGE}?{urlencode({'token': token})}",
        expires_at=row.mailed_at + HOLDS,
        locales=(_locale_of(actor), requester.language),
        requester=requester.description,
    )


def find_asked(token: str) -> AskedDomain | None:
    """Say what a mailed link is about; None when it is used, void or too old."""
    row = _find(token)
    if row is None:
        return None
    return AskedDomain(get_organization(row.organization_id), row.domain)


def confirm(token: str) -> AskedDomain | None:
    """Let a domain be whose link this is, by the word of who got it; None as above.

    Raises DomainTaken where another was faster.
    """
    asked = find_asked(token)
    if asked is None:
        return None
    try:
        hold_organization(asked.organization)
        row = get_domain(asked.organization, asked.domain)
    except (UnknownOrganization, UnknownDomain):
        return None
    if row.mail_digest != digest(token) or not asked.organization.in_use:
        return None
    set_verified(asked.organization, row, method=BY_MAIL, by=None)
    return asked


def _find(token: str) -> OrganizationDomain | None:
    """Return the domain of a mailed link that holds still."""
    mailed = OrganizationDomain.mail_digest == digest(token)
    row = db.session.scalar(select(OrganizationDomain).where(mailed))
    if row is None or row.mailed_at is None or row.mailed_at + HOLDS < utcnow():
        return None
    return row


def _locale_of(actor: Actor) -> str | None:
    """Return the language of who asks."""
    user = find_user(actor.user_id) if actor.user_id else None
    return user.locale if user else None
