"""What an organization is called, the roles that it names itself, and its end."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import Response, request

from idp.core.pictures.logos import Logo
from idp.organizations.access import Actor
from idp.organizations.changes import change_organization
from idp.organizations.errors import InvalidOrganization, SlugTaken
from idp.organizations.lifecycle.deletion import GRACE, schedule_deletion
from idp.organizations.logos.stored import uri_of_logo
from idp.organizations.logos.taken import read_sent_logo
from idp.organizations.models import Organization
from idp.organizations.own_roles import delete_role, list_roles, set_role
from idp.organizations.registry import OrganizationDeclaration
from idp.web.organizations.forms import (
    DescriptionForm,
    LogoForm,
    NameTypedForm,
    OrganizationRoleForm,
    show_errors,
)
from idp.web.organizations.frame import Face, name_of, no_such_name
from idp.web.unit_of_work import undo

SETTINGS = "settings"


def settings_page(
    face: Face,
    organization: Organization,
    *,
    form: LogoForm | None = None,
    role_form: OrganizationRoleForm | None = None,
    deletion: NameTypedForm | None = None,
) -> Response:
    """Render the forms; one that was refused as it was sent."""
    return face.show(
        "organizations/settings.html",
        organization,
        form=form or LogoForm(formdata=None, data=_present(organization)),
        role_form=role_form or _named_role(organization),
        deletion=deletion or NameTypedForm(formdata=None),
        roles=list_roles(organization),
        grace_days=GRACE.days,
    )


def act_on_settings_page(face: Face, organization_id: str) -> Response:
    """Do what a button of the page says."""
    organization = face.open(organization_id)
    act = ACTS.get(request.form.get("act", ""))
    return act(face, organization) if act else settings_page(face, organization)


def declared_in(form: DescriptionForm) -> OrganizationDeclaration:
    """Return what a form declares; the rule says what is wrong with it."""
    return OrganizationDeclaration(
        form.name.data or "", form.slug.data or None, form.logo_uri.data or None
    )


def _save(face: Face, organization: Organization) -> Response:
    """Call an organization something else."""
    form, organization_id = LogoForm(), organization.id
    if not form.validate():
        return settings_page(face, organization, form=form)
    try:
        declared, logo = _wanted(form, organization, actor=face.actor())
        change_organization(organization, declared, actor=face.actor(), logo=logo)
    except (InvalidOrganization, SlugTaken) as refusal:
        undo()
        show_errors(form, refusal.errors)
        return settings_page(face, face.open(organization_id), form=form)
    return face.back(organization, SETTINGS, done="saved")


def _wanted(
    form: LogoForm, organization: Organization, *, actor: Actor
) -> tuple[OrganizationDeclaration, Logo | None]:
    """Return what a form wants, and the logo if it was sent as a file.

    Without a short name it keeps the one it has, and a logo that was sent once while
    there is no link to another.
    """
    declared, sent = declared_in(form), request.files.get("logo")
    if declared.slug is None:
        declared = replace(declared, slug=organization.slug)
    upload = sent.read() if sent else b""
    if upload:
        logo = read_sent_logo(upload, organization, actor=actor)
        return replace(declared, logo_uri=uri_of_logo(logo)), logo
    if form.remove_logo.data:
        return replace(declared, logo_uri=None), None
    if declared.logo_uri is None and organization.logo_link is None:
        return replace(declared, logo_uri=organization.logo_uri), None
    return declared, None


def _save_role(face: Face, organization: Organization) -> Response:
    """Name a role, or say anew what it lets people do."""
    form, organization_id = OrganizationRoleForm(), organization.id
    if not form.validate():
        return settings_page(face, organization, role_form=form)
    permissions = [line.strip() for line in (form.permissions.data or "").splitlines()]
    try:
        set_role(
            organization,
            form.name.data or "",
            permissions=[line for line in permissions if line],
            actor=face.actor(),
        )
    except InvalidOrganization as refusal:
        undo()
        show_errors(form, refusal.errors)
        return settings_page(face, face.open(organization_id), role_form=form)
    return face.back(organization, SETTINGS, done="role")


def _remove_role(face: Face, organization: Organization) -> Response:
    """Delete a role; raises UnknownOrganizationRole."""
    name = request.form.get("name", "")
    delete_role(organization, name, actor=face.actor())
    return face.back(organization, SETTINGS, done="role_gone")


def _delete(face: Face, organization: Organization) -> Response:
    """Have an organization erased, after its name was typed."""
    form = NameTypedForm()
    if (form.confirmation.data or "") != name_of(organization):
        form.confirmation.errors = [no_such_name()]
        return settings_page(face, organization, deletion=form)
    schedule_deletion(organization, actor=face.actor())
    return face.back(organization, done="deleted")


ACTS: Mapping[str, Callable[[Face, Organization], Response]] = {
    "save": _save,
    "role": _save_role,
    "remove_role": _remove_role,
    "delete": _delete,
}


def _present(organization: Organization) -> dict[str, Any]:
    """Return what is said of it now, as the fields have it."""
    return {
        "name": name_of(organization),
        "slug": organization.slug,
        "logo_uri": organization.logo_link,
    }


def _named_role(organization: Organization) -> OrganizationRoleForm:
    """Return the form of the role that the address names, or one for a new one."""
    name = request.args.get("role", "")
    found = next((r for r in list_roles(organization) if r.name == name), None)
    if found is None:
        return OrganizationRoleForm(formdata=None)
    permissions = "\n".join(found.permissions)
    values = {"name": found.name, "permissions": permissions}
    return OrganizationRoleForm(formdata=None, data=values)
