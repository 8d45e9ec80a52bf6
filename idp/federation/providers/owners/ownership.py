"""Whose a provider is, and which roles of members it may give there."""

from collections.abc import Iterator
from dataclasses import replace

from idp.accounts.access.permissions import Permission, Permissions
from idp.accounts.access.roles import PermissionBeyond
from idp.core.errors import FieldError
from idp.core.text import worded
from idp.federation.providers.presets import CODE
from idp.federation.providers.provider import ProviderDeclaration
from idp.organizations.errors import InvalidOrganization
from idp.organizations.members import check_roles
from idp.organizations.models import Organization
from idp.organizations.registry import find_organization


def with_owner(declared: ProviderDeclaration) -> ProviderDeclaration:
    """Return the same with the id of its organization, which a slug may name."""
    owner = _owner_of(declared)
    return declared if owner is None else replace(declared, organization_id=owner.id)


def wrong_owner(declared: ProviderDeclaration) -> Iterator[FieldError]:
    """Yield that there is no such organization, or that it has no such roles."""
    if declared.organization_id is None:
        return
    owner = _owner_of(declared)
    if owner is None:
        hint = worded("must be the id or short name of an organization")
        yield FieldError("organization_id", CODE, hint)
        return
    try:
        check_roles(owner, declared.organization_roles.values())
    except InvalidOrganization as refusal:
        hint = worded("cannot be %(name)s", name=repr(refusal.errors[0].values["role"]))
        yield FieldError("organization_roles", CODE, hint)


def refuse_owner_beyond(
    old: ProviderDeclaration | None, new: ProviderDeclaration, *, held: Permissions
) -> None:
    """Refuse who may change no organizations a provider that is one's, or becomes one.

    It makes members of it, and may give them roles.
    """
    owners = {new.organization_id, old and old.organization_id} - {None}
    if owners and Permission.ORGANIZATIONS_WRITE not in held:
        raise PermissionBeyond


def _owner_of(declared: ProviderDeclaration) -> Organization | None:
    """Return its organization; a personal one has no providers."""
    if declared.organization_id is None:
        return None
    found = find_organization(declared.organization_id)
    return found if found and found.personal_to is None else None
