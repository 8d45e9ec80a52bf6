"""/admin/orgs: all organizations but personal ones; one, its members and settings."""

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import StringField

from idp.accounts.access.permissions import Permission
from idp.accounts.models import User
from idp.accounts.users import find_by_login
from idp.admin.lists import asked_page, asked_text, page_urls
from idp.admin.pages.frame import admin_page
from idp.core.pictures.bitmaps import MAX_UPLOAD_BYTES
from idp.organizations.access import Actor
from idp.organizations.errors import (
    InvalidOrganization,
    LastOwnerOfOrganization,
    SlugTaken,
)
from idp.organizations.lifecycle.creation import create_organization
from idp.organizations.registry import list_organizations
from idp.organizations.rights import Right
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.forms import AtMost
from idp.web.http.uploads import takes_files
from idp.web.organizations.forms import DescriptionForm, show_errors
from idp.web.organizations.frame import Face, refused
from idp.web.organizations.member_page import act_on_member_page, member_page
from idp.web.organizations.members_page import act_on_members_page, members_page
from idp.web.organizations.settings_page import (
    act_on_settings_page,
    declared_in,
    settings_page,
)
from idp.web.unit_of_work import undo

PATH = "/admin/orgs"
ONE = "/<segment:organization_id>"
MEMBER = f"{ONE}/members/<segment:user_id>"
LONGEST_SEARCH = 255
LONGEST_LOGIN = 255

bp = Blueprint("admin_organizations", __name__, url_prefix=PATH)
access.protect(
    bp,
    read=Permission.ORGANIZATIONS_READ,
    write=Permission.ORGANIZATIONS_WRITE,
    forms=("show_new_organization", "show_settings"),
)


class NewOrganizationForm(DescriptionForm):
    """What a new organization is called, and whose it is."""

    owner = StringField(
        lazy_gettext("Owner: email or username"),
        [AtMost(LONGEST_LOGIN, lazy_gettext("This is too long."))],
    )


def _actor() -> Actor:
    """Return who is signed in, with what they may do on the server."""
    return Actor(get_session().user_id, access.held_here())


FACE = Face(PATH, admin_page, _actor)


@bp.get("")
def show_organizations() -> Response:
    """List organizations by their short names."""
    text, query = asked_text("q", longest=LONGEST_SEARCH), asked_page()
    found = list_organizations(text, query)
    here, kept = url_for(".show_organizations"), {"q": text} if text else {}
    return admin_page(
        "admin/organizations/list.html",
        organizations=[
            {
                "url": FACE.path(row.organization),
                "name": row.organization.name,
                "slug": row.organization.slug,
                "status": row.organization.status,
                "approved": row.organization.approved_at is not None,
                "delete_at": row.organization.delete_at,
                "members": row.members,
            }
            for row in found.items
        ],
        text=text,
        left=request.args.get("done") == "left",
        **page_urls(here, found, asked=query, filters=kept),
    )


@bp.get("/new")
def show_new_organization() -> Response:
    """Ask what it is to be called, and whose it is."""
    return _new_page(NewOrganizationForm(formdata=None))


@bp.post("/new")
def submit_new_organization() -> Response:
    """Make an organization."""
    form = NewOrganizationForm()
    if not form.validate():
        return _new_page(form)
    login = (form.owner.data or "").strip()
    owner = find_by_login(login) if login else None
    if login and owner is None:
        words = gettext("Nobody here has this address or username.")
        form.owner.errors = [words]
        return _new_page(form)
    return _create(form, owner)


@bp.get(ONE)
def show_organization(organization_id: str) -> Response:
    """Show an organization and its members."""
    return members_page(FACE, FACE.open(organization_id))


@bp.post(ONE)
def submit_organization(organization_id: str) -> Response:
    """Add a member, disable it, enable it, approve it, or keep it."""
    try:
        return act_on_members_page(FACE, organization_id)
    except LastOwnerOfOrganization as refusal:
        words = refused(refusal)
        return members_page(FACE, FACE.open(organization_id), words=words)


@bp.get(f"{ONE}/settings")
def show_settings(organization_id: str) -> Response:
    """Show what can be changed of an organization."""
    return settings_page(FACE, FACE.open(organization_id, Right.UPDATE))


@bp.post(f"{ONE}/settings")
@takes_files(MAX_UPLOAD_BYTES)
def submit_settings(organization_id: str) -> Response:
    """Change it."""
    return act_on_settings_page(FACE, organization_id)


@bp.get(MEMBER)
def show_member(organization_id: str, user_id: str) -> Response:
    """Show what one member is."""
    return member_page(FACE, FACE.open(organization_id), user_id=user_id)


@bp.post(MEMBER)
def submit_member(organization_id: str, user_id: str) -> Response:
    """Change what one member is."""
    return act_on_member_page(FACE, organization_id, user_id=user_id)


def _create(form: NewOrganizationForm, owner: User | None) -> Response:
    """Make what a form declares."""
    try:
        made = create_organization(
            declared_in(form), owner=owner, by=get_session().user_id
        )
    except (InvalidOrganization, SlugTaken) as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _new_page(form)
    return FACE.back(made, done="created")


def _new_page(form: NewOrganizationForm) -> Response:
    """Render the form of a new organization."""
    return admin_page("admin/organizations/new.html", form=form, home=PATH)
