"""/admin/users/<id>/profile: correct what is wrong with names and attributes."""

from typing import Any

from flask import Blueprint, Response, url_for

from idp.accounts.access.permissions import Permission
from idp.accounts.errors import InvalidInput, UsernameTaken
from idp.accounts.models import User
from idp.accounts.profile.attributes.registry import definitions
from idp.accounts.profile.attributes.written import attributes_of
from idp.accounts.profile.changes import merge_profile
from idp.accounts.profile.rules import FOR_OPERATORS
from idp.admin.pages.client_forms import open_form, show_errors
from idp.admin.people.forms import NamesForm
from idp.admin.people.frame import operator, person, person_page
from idp.administration.user_acts import record_profile_change
from idp.web.callers import access
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo
from idp.web.user_fields.controls import (
    control_names,
    controls_of,
    shown_values,
    told_in,
)

FIELDS = ("name", "given_name", "family_name", "username")

bp = Blueprint("person_profile", __name__, url_prefix="/admin/users")
access.protect(bp, read=Permission.USERS_UPDATE, write=Permission.USERS_UPDATE)


@bp.get("/<segment:user_id>/profile")
def show_profile(user_id: str) -> Response:
    """Show the names and attributes as they are."""
    user = _subject(user_id)
    held = shown_values({}, attributes_of(user))
    return _page(user, open_form(_form_of(user), **_names(user), **held))


@bp.post("/<segment:user_id>/profile")
def submit_profile(user_id: str) -> Response:
    """Change what is different."""
    user, who = _subject(user_id), operator()
    form = _form_of(user)()
    if not form.validate():
        return _page(user, form)
    before = _names(user)
    wanted = {name: (form[name].data or "").strip() or None for name in FIELDS}
    changed = {name: value for name, value in wanted.items() if value != before[name]}
    _, attributes = told_in(form)
    try:
        fields = merge_profile(
            user,
            changed | {"attributes": _differing(user, attributes)},
            prove=lambda: access.fresh_proof(who),
            rules=FOR_OPERATORS,
        )
    except (InvalidInput, UsernameTaken) as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _page(person(user_id), form)
    record_profile_change(user, fields, who=who)
    return redirect_to(url_for("person.show_person", user_id=user.id, done="saved"))


def _subject(user_id: str) -> User:
    """Return the person, if it is one whose profile may be changed here."""
    user = person(user_id)
    access.require(operator(), Permission.USERS_UPDATE, on=user)
    return user


def _form_of(user: User) -> type[NamesForm]:
    """Return the form, with a control for each attribute, also those of users alone."""
    controls = controls_of(definitions(), stored=attributes_of(user))
    return type("PersonForm", (NamesForm,), controls)


def _differing(user: User, typed: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes that change: others may be choices no longer."""
    before = attributes_of(user)
    return {key: value for key, value in typed.items() if value != before.get(key)}


def _names(user: User) -> dict[str, str | None]:
    return {name: getattr(user, name) for name in FIELDS}


def _page(user: User, form: NamesForm) -> Response:
    """Render the form."""
    return person_page(
        "admin/people/profile.html",
        user,
        form=form,
        attributes=[one for key in definitions() for one in control_names(key)],
    )
