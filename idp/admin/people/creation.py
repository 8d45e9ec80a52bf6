"""/admin/users/new: an account for somebody else."""

from flask import Blueprint, Response, url_for

from idp.accounts.access.permissions import Permission
from idp.accounts.errors import EmailTaken, InvalidInput, UsernameTaken
from idp.accounts.profile.attributes.registry import definitions
from idp.accounts.registration.new_account import NewAccount
from idp.admin.pages.client_forms import open_form, show_errors
from idp.admin.pages.frame import admin_page
from idp.admin.people.forms import NewPersonForm
from idp.admin.people.frame import operator
from idp.administration import user_acts
from idp.web.callers import access
from idp.web.callers.requester import this_requester
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo
from idp.web.user_fields.controls import control_names, controls_of, told_in

TEMPLATE = "admin/people/new.html"

bp = Blueprint("person_creation", __name__, url_prefix="/admin/users")
access.protect(bp, read=Permission.USERS_CREATE, write=Permission.USERS_CREATE)


@bp.get("/new")
def show_new_person() -> Response:
    """Ask who it is."""
    return _page(open_form(_form_class()))


@bp.post("/new")
def submit_new_person() -> Response:
    """Make the account; its owner is mailed a link that sets the password."""
    form, who = _form_class()(), operator()
    if not form.validate():
        return _page(form)
    _, attributes = told_in(form)
    wanted = NewAccount(
        form.email.data or "",
        username=form.username.data,
        name=form.name.data,
        attributes=attributes,
    )
    try:
        made = user_acts.create_user(
            wanted, who=who, held=access.held_by(who), requester=this_requester()
        )
    except (InvalidInput, EmailTaken, UsernameTaken) as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _page(form)
    return redirect_to(url_for("person.show_person", user_id=made.id, done="created"))


def _form_class() -> type[NewPersonForm]:
    """Return the form, with a control for each attribute."""
    return type("NewPersonWithAttributes", (NewPersonForm,), controls_of(definitions()))


def _page(form: NewPersonForm) -> Response:
    """Render the form."""
    attributes = [one for key in definitions() for one in control_names(key)]
    return admin_page(TEMPLATE, form=form, attributes=attributes)
