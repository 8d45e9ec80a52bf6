"""Changes of what an organization is called, and of whether it is in use."""

from dataclasses import asdict, replace

from idp.core.clock import utcnow
from idp.core.db import db, unless_taken
from idp.core.events import publish
from idp.core.pictures.logos import Logo
from idp.organizations.access import Actor, require
from idp.organizations.errors import (
    OrganizationInDeletion,
    PersonalOrganization,
)
from idp.organizations.events import OrganizationClosed, OrganizationReopened
from idp.organizations.logos.stored import declared_logo, erase_logo, write_logo
from idp.organizations.logos.taken import fetch_new_logo
from idp.organizations.models import Organization, OrganizationStatus
from idp.organizations.registry import (
    OrganizationDeclaration,
    check_declaration,
    describe,
    hold_organization,
    record_organization,
    slug_taken,
)
from idp.organizations.rights import Right


def hold_shared(
    organization: Organization, right: Right, *, actor: Actor, stays: bool = True
) -> None:
    """Hold an organization of several people, for who may do this there.

    It is one that ``stays``, unless that is all the same.

    Raises PersonalOrganization, OrganizationInDeletion, and what ``access.require``
    does.
    """
    hold_organization(organization)
    require(organization, right, actor=actor)
    if organization.personal_to is not None:
        raise PersonalOrganization
    if stays and organization.delete_at is not None:
        raise OrganizationInDeletion


def change_organization(
    organization: Organization,
    declared: OrganizationDeclaration,
    *,
    actor: Actor,
    logo: Logo | None = None,
) -> bool:
    """Replace what is said of an organization; tell whether that changes it.

    A personal one can be renamed, and has no slug. A logo at a new link is fetched,
    before anything is written, unless it is here: ``logo``.

    Raises InvalidOrganization, SlugTaken, PersonalOrganization, OrganizationInDeletion,
    RateLimited, and what ``access.require`` does.
    """
    declared = replace(declared, name=declared.name.strip())
    if declared.logo_uri == organization.logo_uri:
        declared = replace(declared, logo_uri=declared_logo(organization))
    check_declaration(declared)
    _require_change(organization, declared, actor=actor)
    logo = logo or fetch_new_logo(organization, declared.logo_uri, by=actor.user_id)
    hold_organization(organization)
    _require_change(organization, declared, actor=actor)
    before = describe(organization)
    if before == declared:
        return False
    with unless_taken(slug_taken):
        organization.name, organization.slug = declared.name, declared.slug
        _write_logo(organization, logo, declared=declared.logo_uri)
        organization.updated_at = utcnow()
        db.session.flush()
    record_organization(
        "organization.updated",
        organization,
        by=actor.user_id,
        before=asdict(before),
        after=asdict(declared),
    )
    return True


def fetch_declared_logo(
    organization: Organization, declared: OrganizationDeclaration, *, actor: Actor
) -> Logo | None:
    """Return the logo at a new link, None for none, to who may declare all of this.

    It is for who holds the organization later: nothing may have been written yet. It
    asks no server for anybody else. Raises what ``change_organization`` does but
    SlugTaken.
    """
    check_declaration(declared)
    _require_change(organization, declared, actor=actor)
    return fetch_new_logo(organization, declared.logo_uri, by=actor.user_id)


def set_status(
    organization: Organization, status: OrganizationStatus, *, actor: Actor
) -> bool:
    """Disable an organization, or enable it again; False when it was so before.

    Nothing opens in it from now on. Its members keep their accounts, and it theirs.
    """
    hold_organization(organization)
    require(organization, Right.OPERATE, actor=actor)
    before = organization.status
    if before == status:
        return False
    organization.status, organization.updated_at = status, utcnow()
    if status == OrganizationStatus.DISABLED:
        publish(OrganizationClosed(organization.id))
    else:
        publish(OrganizationReopened(organization.id))
    record_organization(
        "organization.updated",
        organization,
        by=actor.user_id,
        before={"status": before},
        after={"status": str(status)},
    )
    return True


def approve(organization: Organization, *, actor: Actor) -> bool:
    """Say that an operator knows this organization; False when one did before.

    Limits that guard against strangers do not hold for it.
    """
    hold_organization(organization)
    require(organization, Right.OPERATE, actor=actor)
    if organization.approved_at is not None:
        return False
    organization.approved_at = utcnow()
    record_organization(
        "organization.updated",
        organization,
        by=actor.user_id,
        before={"approved": False},
        after={"approved": True},
    )
    return True


def _write_logo(
    organization: Organization, logo: Logo | None, *, declared: str | None
) -> None:
    """Change the logo, if it is another one that is declared."""
    if logo is not None:
        write_logo(organization, logo, declared=declared)
    elif declared is None:
        erase_logo(organization)


def _require_change(
    organization: Organization, declared: OrganizationDeclaration, *, actor: Actor
) -> None:
    """Refuse who may not change it, and a change that it is not open to."""
    require(organization, Right.UPDATE, actor=actor)
    if organization.delete_at is not None:
        raise OrganizationInDeletion
    if organization.personal_to is not None and declared.slug is not None:
        raise PersonalOrganization
