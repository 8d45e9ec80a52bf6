"""/account/orgs: the organizations that somebody belongs to."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from idp.accounts.factors.errors import EmailNotVerified
from idp.accounts.sign_in.reauthentication import is_fresh
from idp.accounts.users import get_user
from idp.core.pictures.bitmaps import MAX_UPLOAD_BYTES
from idp.organizations.access import Actor
from idp.organizations.errors import (
    InvalidOrganization,
    LastOwnerOfOrganization,
    OrganizationsClosed,
    SlugTaken,
    TooManyOrganizations,
)
from idp.organizations.lifecycle.creation import found_organization, users_may_found
from idp.organizations.memberships import list_own
from idp.organizations.rights import Right
from idp.pages.account.navigation import account_page
from idp.pages.organizations.waiting import answer_waiting, waiting_for
from idp.web.browser.reauth_form import confirm_first
from idp.web.browser.session import current_session, get_session, login_required
from idp.web.forms import PageForm
from idp.web.http.uploads import takes_files
from idp.web.organizations.forms import ROLE_WORDS, DescriptionForm, show_errors
from idp.web.organizations.frame import (
    Face,
    asked_page,
    name_of,
    page_urls,
    refused,
)
from idp.web.organizations.invites_page import act_on_invites_page, invites_page
from idp.web.organizations.member_page import act_on_member_page, member_page
from idp.web.organizations.members_page import act_on_members_page, members_page
from idp.web.organizations.settings_page import (
    act_on_settings_page,
    declared_in,
    settings_page,
)
from idp.web.unit_of_work import undo

PATH = "/account/orgs"
ONE = "/<segment:organization_id>"
MEMBER = f"{ONE}/members/<segment:user_id>"
DANGEROUS = frozenset({"delete", "transfer"})

bp = Blueprint("organizations", __name__, url_prefix=PATH)


def _actor() -> Actor:
    """Return who is signed in, as a member: no role on the server counts here."""
    return Actor(get_session().user_id)


def _render(template: str, **context: object) -> Response:
    """Render a page in the account's frame."""
    return account_page(template, get_session(), **context)


FACE = Face(PATH, _render, _actor)


@bp.before_request
def confirm_what_is_dangerous() -> ResponseReturnValue | None:
    """Ask who is about to delete or hand on an organization to prove who they are."""
    if request.method != "POST" or request.form.get("act") not in DANGEROUS:
        return None
    live = current_session()
    return None if live is None or is_fresh(live) else confirm_first(live, request.path)


@bp.get("")
@login_required
def show_organizations() -> Response:
    """List them, the one joined first first."""
    query, live = asked_page(), get_session()
    found = list_own(live.user_id, "", request=query)
    return _render(
        "organizations/list.html",
        organizations=[
            {
                "url": FACE.path(each),
                "name": name_of(each),
                "slug": each.slug,
                "logo_uri": each.logo_uri,
                "personal": each.personal_to is not None,
                "status": each.status,
                "delete_at": each.delete_at,
                "role": ROLE_WORDS[roles[0]],
                "roles": roles[1:],
            }
            for each, roles, _members in found.items
        ],
        may_create=users_may_found(),
        waiting=waiting_for(live),
        form=PageForm(formdata=None),
        done=request.args.get("done", ""),
        **page_urls(PATH, found, asked=query, filters={}),
    )


@bp.post("")
@login_required
def submit_organizations() -> Response:
    """Accept or decline an invite that waits."""
    return answer_waiting(get_session(), home=PATH)


@bp.get("/new")
@login_required
def show_new_organization() -> Response:
    """Ask what it is to be called."""
    return _new_page(DescriptionForm(formdata=None))


@bp.post("/new")
@login_required
def submit_new_organization() -> Response:
    """Make an organization that one owns."""
    form = DescriptionForm()
    if not form.validate():
        return _new_page(form)
    user = get_user(get_session().user_id)
    try:
        made = found_organization(user, declared_in(form))
    except (InvalidOrganization, SlugTaken) as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _new_page(form)
    except (OrganizationsClosed, EmailNotVerified, TooManyOrganizations) as refusal:
        return _new_page(form, words=refused(refusal))
    return FACE.back(made, done="created")


@bp.get(ONE)
@login_required
def show_organization(organization_id: str) -> Response:
    """Show an organization and its members."""
    return members_page(FACE, FACE.open(organization_id))


@bp.post(ONE)
@login_required
def submit_organization(organization_id: str) -> Response:
    """Leave an organization, or keep one that is to be deleted."""
    try:
        return act_on_members_page(FACE, organization_id)
    except LastOwnerOfOrganization as refusal:
        words = refused(refusal)
        return members_page(FACE, FACE.open(organization_id), words=words)


@bp.get(f"{ONE}/settings")
@login_required
def show_settings(organization_id: str) -> Response:
    """Show what can be changed of an organization, to who may."""
    return settings_page(FACE, FACE.open(organization_id, Right.UPDATE))


@bp.post(f"{ONE}/settings")
@login_required
@takes_files(MAX_UPLOAD_BYTES)
def submit_settings(organization_id: str) -> Response:
    """Change it."""
    return act_on_settings_page(FACE, organization_id)


@bp.get(f"{ONE}/invites")
@login_required
def show_invites(organization_id: str) -> Response:
    """Show who is invited, to who may invite."""
    return invites_page(FACE, organization_id)


@bp.post(f"{ONE}/invites")
@login_required
def submit_invites(organization_id: str) -> Response:
    """Invite, send again or withdraw."""
    return act_on_invites_page(FACE, organization_id)


@bp.get(MEMBER)
@login_required
def show_member(organization_id: str, user_id: str) -> Response:
    """Show what one member is."""
    return member_page(FACE, FACE.open(organization_id), user_id=user_id)


@bp.post(MEMBER)
@login_required
def submit_member(organization_id: str, user_id: str) -> Response:
    """Change what one member is."""
    return act_on_member_page(FACE, organization_id, user_id=user_id)


def _new_page(form: DescriptionForm, *, words: str = "") -> Response:
    """Render the form of a new organization."""
    return _render("organizations/new.html", form=form, home=PATH, words=words)
