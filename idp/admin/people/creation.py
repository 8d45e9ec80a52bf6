"""/admin/users/new: an account for somebody else."""

from flask import Blueprint, Response, url_for

from idp.accounts.access.permissions import Permission
from idp.accounts.errors import EmailTaken, InvalidInput, UsernameTaken
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

TEMPLATE = "admin/people/new.html"

bp = Blueprint("person_creation", __name__, url_prefix="/admin/users")
access.protect(bp, read=Permission.USERS_CREATE, write=Permission.USERS_CREATE)


@bp.get("/new")
def show_new_person() -> Response:
    """Ask who it is."""
    return admin_page(TEMPLATE, form=open_form(NewPersonForm))


@bp.post("/new")
def submit_new_person() -> Response:
    """Make the account; its owner is mailed a link that sets the password."""
    form, who = NewPersonForm(), operator()
    if not form.validate():
        return admin_page(TEMPLATE, form=form)
    wanted = NewAccount(
        form.email.data or "", username=form.username.data, name=form.name.data
    )
    try:
        made = user_acts.create_user(
            wanted, who=who, held=access.held_by(who), requester=this_requester()
        )
    except (InvalidInput, EmailTaken, UsernameTaken) as refusal:
        undo()
        show_errors(form, refusal.errors)
        return admin_page(TEMPLATE, form=form)
    return redirect_to(url_for("person.show_person", user_id=made.id, done="created"))
