"""Organizations declared in a file (``--seed``): made so at every start."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeGuard

from idp.accounts.models import User
from idp.accounts.users import find_by_login
from idp.core.errors import FieldError
from idp.core.text import worded
from idp.organizations.access import MACHINE_OPERATOR
from idp.organizations.changes import change_organization
from idp.organizations.domains.registry import add_domain
from idp.organizations.domains.verification import set_verified
from idp.organizations.errors import InvalidOrganization
from idp.organizations.lifecycle.creation import create_organization
from idp.organizations.logos.taken import LinkedLogoUnavailable
from idp.organizations.members import add_member, change_roles
from idp.organizations.models import Organization
from idp.organizations.own_roles import set_role
from idp.organizations.registry import (
    OrganizationDeclaration,
    describe,
    find_organization,
)
from idp.organizations.roles import OWNER
from idp.organizations.slugs import is_slug

FIELDS = frozenset({"slug", "name", "logo_uri", "roles", "members", "domains"})
BY_SEED = "seed"


def apply_organization(declared: Mapping[str, Any]) -> list[str]:
    """Make one declared organization so, by its slug; again changes nothing.

    ``roles`` are the permissions of its own roles by name, ``members`` the roles of
    users by address or username; who joined otherwise stays. ``domains`` are its own
    on the operator's word, and looked for nowhere. Returns what is left out: a logo
    that could not be had. Raises InvalidOrganization, and what the rules of members and
    of domains do.
    """
    unknown = sorted(declared.keys() - FIELDS)
    if unknown:
        raise _refusal(unknown[0], worded("not supported"))
    members = _members(declared.get("members", {}))
    organization, remarks = _described(declared)
    for name, permissions in _lists(declared, "roles").items():
        set_role(organization, name, permissions=permissions, actor=MACHINE_OPERATOR)
    # Owners first: who was the last one may be declared something else.
    for user, roles in sorted(members, key=lambda each: OWNER not in each[1]):
        if not add_member(organization, user.id, roles=roles, actor=MACHINE_OPERATOR):
            change_roles(organization, user.id, roles=roles, actor=MACHINE_OPERATOR)
    _own(organization, declared.get("domains", []))
    return remarks


def declared_place(declared: Mapping[str, Any]) -> Organization | None:
    """Return the organization that an entry names by its slug, None for none.

    Raises InvalidOrganization where there is none of that slug.
    """
    named = declared.get("organization")
    if named is None:
        return None
    found = find_organization(str(named))
    if found is None:
        raise _refusal("organization", worded("there is none of this short name"))
    return found


def _own(organization: Organization, domains: object) -> None:
    """Let domains be an organization's; one that is proven stays so."""
    if not _is_list(domains):
        raise _refusal("domains", worded("must be a list of texts"))
    for domain in domains:
        row = add_domain(organization, domain, actor=MACHINE_OPERATOR)
        if row.verified_at is None:
            set_verified(organization, row, method=BY_SEED, by=None)


def _described(declared: Mapping[str, Any]) -> tuple[Organization, list[str]]:
    """Return the organization of the declared slug, and what it goes without."""
    slug, name = declared.get("slug"), declared.get("name")
    if not isinstance(slug, str) or not is_slug(slug):
        raise InvalidOrganization(
            [FieldError("slug", "invalid", word="organization.slug")]
        )
    if not isinstance(name, str):
        raise _refusal("name", worded("must be given"))
    wanted = OrganizationDeclaration(name, slug, declared.get("logo_uri"))
    try:
        return _called(wanted), []
    except LinkedLogoUnavailable as refused:
        present = find_organization(slug)
        kept = describe(present).logo_uri if present else None
        left = [f"{e.field}: {e.message} It is left out" for e in refused.errors]
        return _called(replace(wanted, logo_uri=kept)), left


def _called(wanted: OrganizationDeclaration) -> Organization:
    """Return the organization of a slug, called as that says."""
    present = find_organization(wanted.slug or "")
    if present is None:
        return create_organization(wanted, owner=None)
    change_organization(present, wanted, actor=MACHINE_OPERATOR)
    return present


def _members(value: object) -> list[tuple[User, list[str]]]:
    """Return users with the roles that they are to have."""
    found = []
    for login, roles in _lists({"members": value}, "members").items():
        user = find_by_login(login)
        if user is None:
            raise _refusal("members", worded("there is no user %(login)s", login=login))
        found.append((user, roles))
    return found


def _lists(declared: Mapping[str, Any], field: str) -> dict[str, list[str]]:
    """Return a table of lists of text, or raise InvalidOrganization."""
    value = declared.get(field, {})
    if not isinstance(value, dict) or not all(map(_is_list, value.values())):
        raise _refusal(field, worded("must be a table of lists of text"))
    return value


def _is_list(value: object) -> TypeGuard[list[str]]:
    """Tell whether a value is a list of text."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _refusal(field: str, message: str) -> InvalidOrganization:
    """Return the error of one field."""
    return InvalidOrganization([FieldError(field, "invalid", message)])
