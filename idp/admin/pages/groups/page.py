"""/admin/groups: groups of people, which apps read and may be open to."""

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from idp.accounts.access.permissions import Permission
from idp.accounts.groups.members import (
    add_member,
    count_members,
    list_members,
    remove_member,
)
from idp.accounts.groups.registry import (
    GroupDeclaration,
    GroupNameTaken,
    InvalidGroup,
    change_group,
    create_group,
    delete_group,
    get_group_by_id,
    list_groups,
)
from idp.accounts.models import Group
from idp.accounts.users import find_by_login
from idp.admin.lists import asked_page, asked_text, page_urls
from idp.admin.pages.client_forms import open_form, show_errors
from idp.admin.pages.frame import admin_page
from idp.admin.pages.groups.forms import (
    DeleteGroupForm,
    GroupForm,
    MemberForm,
    RemoveMemberForm,
    open_form_of,
)
from idp.oauth.clients.access.uses import clients_of_group
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

LONGEST_SEARCH = 255
DONE = ("saved", "added", "removed")

bp = Blueprint("groups", __name__, url_prefix="/admin/groups")
access.protect(
    bp,
    read=Permission.GROUPS_READ,
    write=Permission.GROUPS_WRITE,
    forms=("show_new_group",),
)


@bp.get("")
def show_groups() -> Response:
    """List groups by name."""
    text = asked_text("q", longest=LONGEST_SEARCH)
    query = asked_page()
    found = list_groups(text, query)
    here, kept = url_for(".show_groups"), {"q": text} if text else {}
    return admin_page(
        "admin/groups/list.html",
        groups=[
            {
                "url": url_for(".show_group", group_id=row.group.id),
                "name": row.group.name,
                "description": row.group.description,
                "members": row.members,
            }
            for row in found.items
        ],
        text=text,
        deleted="deleted" in request.args,
        **page_urls(here, found, asked=query, filters=kept),
    )


@bp.get("/new")
def show_new_group() -> Response:
    """Ask what it is to be called."""
    return admin_page("admin/groups/new.html", form=open_form(GroupForm))


@bp.post("/new")
def submit_new_group() -> Response:
    """Make a group."""
    form = GroupForm()
    if not form.validate():
        return admin_page("admin/groups/new.html", form=form)
    try:
        group = create_group(_declared_in(form), by=get_session().user_id)
    except (InvalidGroup, GroupNameTaken) as refusal:
        undo()
        show_errors(form, refusal.errors)
        return admin_page("admin/groups/new.html", form=form)
    return redirect_to(url_for(".show_group", group_id=group.id, saved=1))


@bp.get("/<segment:group_id>")
def show_group(group_id: str) -> Response:
    """Show a group, its members, and which apps it is good for."""
    return _group_page(get_group_by_id(group_id))


@bp.post("/<segment:group_id>")
def submit_group(group_id: str) -> Response:
    """Do what a button of the page says.

    All come here, so that a proof of identity in between leads back to the page.
    """
    act = ACTS.get(request.form.get("act", ""))
    group = get_group_by_id(group_id)
    return act(group) if act else _group_page(group)


def _save(group: Group) -> Response:
    """Call a group something else."""
    form, group_id = GroupForm(), group.id
    if not form.validate():
        return _group_page(group, form=form)
    try:
        change_group(group, _declared_in(form), by=get_session().user_id)
    except (InvalidGroup, GroupNameTaken) as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _group_page(get_group_by_id(group_id), form=form)
    return _back(group, "saved")


def _add(group: Group) -> Response:
    """Put somebody into a group."""
    form = MemberForm()
    user = find_by_login((form.login.data or "").strip()) if form.validate() else None
    if user is None:
        words = gettext("Nobody here has this address or username.")
        form.login.errors = [words]
        return _group_page(group, joining=form)
    add_member(group, user, by=get_session().user_id)
    return _back(group, "added")


def _remove(group: Group) -> Response:
    """Take somebody out of a group."""
    user_id = RemoveMemberForm().user_id.data or ""
    remove_member(group, user_id, by=get_session().user_id)
    return _back(group, "removed")


def _delete(group: Group) -> Response:
    """Delete a group after its name was typed."""
    form = DeleteGroupForm()
    if (form.confirmation.data or "").strip() != group.name:
        words = gettext("Type the name exactly as it stands above.")
        form.confirmation.errors = [words]
        return _group_page(group, deletion=form)
    delete_group(group, by=get_session().user_id)
    return redirect_to(url_for(".show_groups", deleted=1))


ACTS: Mapping[str, Callable[[Group], Response]] = {
    "save": _save,
    "add": _add,
    "remove": _remove,
    "delete": _delete,
}


def _back(group: Group, done: str) -> Response:
    """Lead back to the page, which says what was done."""
    there = url_for(".show_group", group_id=group.id)
    return redirect_to(f"{there}?{done}=1")


def _declared_in(form: GroupForm) -> GroupDeclaration:
    """Return what a form declares; the rule says what is wrong with it."""
    name, description = form.name.data or "", form.description.data or ""
    return GroupDeclaration(name.strip(), description.strip())


def _group_page(
    group: Group,
    *,
    form: GroupForm | None = None,
    joining: MemberForm | None = None,
    deletion: DeleteGroupForm | None = None,
) -> Response:
    """Render all forms of a group."""
    query = asked_page()
    found = list_members(group, query)
    here = url_for(".show_group", group_id=group.id)
    present = {"name": group.name, "description": group.description}
    return admin_page(
        "admin/groups/group.html",
        group=group,
        form=form or open_form_of("save", GroupForm, **present),
        joining=joining or open_form_of("add", MemberForm),
        deletion=deletion or open_form_of("delete", DeleteGroupForm),
        members=found.items,
        count=count_members(group),
        clients=clients_of_group(group.id),
        done=next((word for word in DONE if word in request.args), None),
        **page_urls(here, found, asked=query),
    )
