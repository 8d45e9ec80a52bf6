"""The organizations that there are: find and list them, and what is said of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from idp.accounts.names import name_problem
from idp.accounts.profile.fields import profile_problem
from idp.core.db import begin_writing, db
from idp.core.errors import FieldError
from idp.core.paging import Page, PageRequest, page_of
from idp.core.paging.seeking import Order, seek
from idp.core.pictures.addresses import own_picture_path
from idp.organizations.errors import (
    InvalidOrganization,
    SlugTaken,
    UnknownOrganization,
)
from idp.organizations.logos.stored import declared_logo
from idp.organizations.models import Membership, Organization
from idp.organizations.slugs import MAX_SLUG, is_slug
from idp.security import audit


@dataclass(frozen=True)
class OrganizationDeclaration:
    """What is said of an organization; a new one without slug gets one that is free."""

    name: str
    slug: str | None = None
    logo_uri: str | None = None


@dataclass(frozen=True)
class ListedOrganization:
    """One line about an organization."""

    organization: Organization
    members: int


def list_organizations(text: str, request: PageRequest) -> Page[ListedOrganization]:
    """Return one page of organizations by slug, without personal ones.

    ``text`` is part of the name or slug, or a whole id.
    """
    of = f"organizations:{text}"
    counted = (
        select(func.count())
        .where(Membership.organization_id == Organization.id)
        .correlate(Organization)
        .scalar_subquery()
    )
    found = select(Organization, counted).where(Organization.slug.is_not(None))
    if text:
        found = found.where(_is_like(text))
    wanted = seek(found, Order((Organization.slug,)), request=request, of=of)
    rows = [
        ListedOrganization(each, count) for each, count in db.session.execute(wanted)
    ]
    return page_of(rows, request, of=of, position=_slug_of_line)


def find_organization(named: str) -> Organization | None:
    """Return the organization of an id or slug; no slug is as long as an id."""
    if len(named) <= MAX_SLUG:
        by_slug = select(Organization).where(Organization.slug == named)
        return db.session.scalar(by_slug)
    return db.session.get(Organization, named)


def get_organization(named: str) -> Organization:
    """Return the organization of an id or slug, or raise UnknownOrganization."""
    organization = find_organization(named)
    if organization is None:
        raise UnknownOrganization
    return organization


def hold_organization(organization: Organization) -> None:
    """Let no other writer change it or its members until the unit of work ends.

    All rules that change members begin so: of two at once the second sees what the
    first left. The row is read anew; raises UnknownOrganization if it is gone.
    """
    begin_writing()
    held = select(Organization).where(Organization.id == organization.id)
    fresh = held.with_for_update().execution_options(populate_existing=True)
    if db.session.scalars(fresh).one_or_none() is None:
        raise UnknownOrganization


def describe(organization: Organization) -> OrganizationDeclaration:
    """Return what is said of it now."""
    return OrganizationDeclaration(
        organization.name, organization.slug, declared_logo(organization)
    )


def check_declaration(declared: OrganizationDeclaration) -> None:
    """Raise InvalidOrganization with all that is wrong."""
    errors = list(_mistakes_in(declared))
    if errors:
        raise InvalidOrganization(errors)


def slug_taken() -> SlugTaken:
    """Return the refusal of a slug that another organization has."""
    return SlugTaken([FieldError("slug", "slug_taken", word="organization.slug_taken")])


def record_organization(
    event: str,
    organization: Organization,
    *,
    by: str | None,
    **detail: Any,
) -> None:
    """Say in the audit log what became of an organization or of who is in it.

    ``by`` is the user who did it, None for programs and the operator of the machine.
    """
    audit.record(event, user_id=by, organization=organization.id, **detail)


def _is_like(text: str) -> ColumnElement[bool]:
    """Tell whether an organization is one that a text names."""
    parts = (Organization.name, Organization.slug)
    named = [part.icontains(text, autoescape=True) for part in parts]
    return or_(Organization.id == text, *named)


def _slug_of_line(row: ListedOrganization) -> tuple[str]:
    """Return where a line stands in the list."""
    return (row.organization.slug or "",)


def _mistakes_in(declared: OrganizationDeclaration) -> Iterator[FieldError]:
    """Yield what is wrong with a declaration."""
    name = declared.name
    if not name.strip():
        yield FieldError("name", "missing", word="organization.name_missing")
    elif problem := name_problem(name):
        yield problem
    if declared.slug is not None and not is_slug(declared.slug):
        yield FieldError("slug", "invalid", word="organization.slug")
    unfit = profile_problem("picture", declared.logo_uri)
    if unfit and own_picture_path(declared.logo_uri) is None:  # which may be http
        yield FieldError("logo_uri", unfit.code, word=unfit.word, values=unfit.values)
