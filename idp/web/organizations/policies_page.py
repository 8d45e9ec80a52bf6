"""What an organization asks of who comes into its context."""

from flask import Response

from idp.accounts.errors import InvalidInput
from idp.administration.organizations.policies import (
    change_policies_of,
    hold_policies_of,
    list_policies_of,
)
from idp.administration.policies import PolicyState, versions_of
from idp.organizations.models import Organization
from idp.organizations.rights import Right
from idp.web.forms import PageForm
from idp.web.http.preconditions import version_of
from idp.web.organizations.forms import show_errors
from idp.web.organizations.frame import Face
from idp.web.policies.choices import choices_in
from idp.web.policies.forms import form_of, present_values, typed_values
from idp.web.policies.shown import shown_policy
from idp.web.unit_of_work import undo

POLICIES = "policies"


def policies_page(
    face: Face,
    organization: Organization,
    *,
    form: PageForm | None = None,
    overtaken: bool = False,
) -> Response:
    """Render the form of what can be decided; it may have been refused."""
    states = list_policies_of(organization, actor=face.actor())
    if form is None:
        kind = _form_of(organization, states, face=face)
        form = kind(formdata=None, data=present_values(states))
    form["version"].data = version_of(versions_of(states))
    return face.show(
        "organizations/policies.html",
        organization,
        form=form,
        items=[shown_policy(state) for state in states],
        overtaken=overtaken,
    )


def act_on_policies_page(face: Face, organization_id: str) -> Response:
    """Decide all that the form holds, unless it shows an older state."""
    organization = face.open(organization_id, Right.POLICY)
    held = hold_policies_of(organization, actor=face.actor())
    form = _form_of(organization, held, face=face)()
    if form["version"].data != version_of(versions_of(held)):
        undo()
        return _again(face, organization_id, overtaken=True)
    if not _decided(face, organization, held=held, form=form):
        undo()
        return _again(face, organization_id, form=form)
    return face.back(organization, POLICIES, done="saved")


def _form_of(
    organization: Organization, states: list[PolicyState], *, face: Face
) -> type[PageForm]:
    """Return the form, with the apps and providers that the owner may name."""
    owner = face.actor().user_id
    return form_of(states, choices_in(organization.id, states, user_id=owner))


def _decided(
    face: Face, organization: Organization, *, held: list[PolicyState], form: PageForm
) -> bool:
    """Store what a form says; False when something of it was refused, beside it."""
    values, mistakes = typed_values(form, held)
    if not form.validate() or mistakes:
        show_errors(form, mistakes)
        return False
    try:
        change_policies_of(organization, values, held=held, actor=face.actor())
    except InvalidInput as refusal:
        show_errors(form, refusal.errors)
        return False
    return True


def _again(
    face: Face,
    organization_id: str,
    *,
    form: PageForm | None = None,
    overtaken: bool = False,
) -> Response:
    """Render the form once what was begun is undone."""
    opened = face.open(organization_id, Right.POLICY)
    return policies_page(face, opened, form=form, overtaken=overtaken)
