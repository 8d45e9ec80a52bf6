"""New organizations: by users for themselves, by operators for anybody."""

from collections.abc import Iterator
from dataclasses import asdict

from sqlalchemy import func, select

from idp.accounts.factors.errors import EmailNotVerified
from idp.accounts.models import User
from idp.accounts.users import hold_user
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import begin_writing, db, unless_taken
from idp.core.pictures.logos import Logo
from idp.core.randomness import new_digits
from idp.organizations.errors import (
    OrganizationsClosed,
    SlugTaken,
    TooManyOrganizations,
)
from idp.organizations.logos.stored import write_logo
from idp.organizations.logos.taken import fetch_linked_logo
from idp.organizations.models import Membership, Organization
from idp.organizations.registry import (
    OrganizationDeclaration,
    check_declaration,
    describe,
    record_organization,
    slug_taken,
)
from idp.organizations.roles import OWNER
from idp.organizations.settings import OrganizationsSettings
from idp.organizations.slugs import slug_of

MOST_EACH = 10
TRIES = 5


def users_may_found() -> bool:
    """Tell whether others than operators make organizations here."""
    return current(OrganizationsSettings).organizations == "users"


def found_organization(user: User, declared: OrganizationDeclaration) -> Organization:
    """Make an organization that a user owns, as any user may.

    Raises OrganizationsClosed, EmailNotVerified, TooManyOrganizations,
    InvalidOrganization and SlugTaken.
    """
    if not users_may_found():
        raise OrganizationsClosed
    if user.email_verified_at is None:
        raise EmailNotVerified
    check_declaration(declared)
    logo = fetch_linked_logo(declared.logo_uri, of=user.id)
    begin_writing()
    hold_user(user.id)  # of two at once the second counts the first
    made = select(func.count()).where(
        Organization.created_by == user.id, Organization.personal_to.is_(None)
    )
    if (db.session.scalar(made) or 0) >= MOST_EACH:
        raise TooManyOrganizations
    organization = Organization(created_by=user.id)
    return _add(organization, declared, logo=logo, owner=user, by=user.id)


def create_organization(
    declared: OrganizationDeclaration, *, owner: User | None, by: str | None = None
) -> Organization:
    """Make an organization as an operator does: for anybody, as many as they like.

    It counts as approved. ``by`` is the admin, None for programs and the operator of
    the machine. Raises InvalidOrganization and SlugTaken.
    """
    check_declaration(declared)
    logo = fetch_linked_logo(declared.logo_uri, of=None)
    organization = Organization(created_by=by, approved_at=utcnow())
    return _add(organization, declared, logo=logo, owner=owner, by=by)


def _add(
    organization: Organization,
    declared: OrganizationDeclaration,
    *,
    logo: Logo | None,
    owner: User | None,
    by: str | None,
) -> Organization:
    """Write it, and who owns it."""
    organization.name = declared.name.strip()
    slugs = list(_slugs_for(declared))
    for slug in slugs:
        try:
            with unless_taken(slug_taken):
                organization.slug = slug
                db.session.add(organization)
                db.session.flush()
            break
        except SlugTaken:
            if slug == slugs[-1]:
                raise
    if logo is not None:
        write_logo(organization, logo, declared=declared.logo_uri)
    if owner is not None:
        db.session.add(
            Membership(organization_id=organization.id, user_id=owner.id, roles=OWNER)
        )
        db.session.flush()
    record_organization(
        "organization.created",
        organization,
        by=by,
        member=owner.id if owner else None,
        after=asdict(describe(organization)),
    )
    return organization


def _slugs_for(declared: OrganizationDeclaration) -> Iterator[str]:
    """Yield the slug that was asked for, or some that read like the name."""
    if declared.slug is not None:
        yield declared.slug
        return
    yield slug_of(declared.name)
    for _ in range(TRIES):
        yield slug_of(declared.name, mark=new_digits(6))
