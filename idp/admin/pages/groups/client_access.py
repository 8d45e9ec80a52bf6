"""/admin/clients/<id>/access: who may use an app, and the roles that it gives."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, request, url_for

from idp.accounts.access.permissions import Permission
from idp.admin.pages.client_forms import lines, show_errors
from idp.admin.pages.frame import client_page
from idp.admin.pages.groups.forms import (
    AccessForm,
    RoleForm,
    held_values,
    open_form_of,
)
from idp.oauth.clients.access.changes import describe_people
from idp.oauth.clients.access.members import ACCESS, APP_ROLES, EVERYONE
from idp.oauth.clients.changes import change_client, get_client, hold_client
from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from idp.oauth.models import Client
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.forms import PageForm
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

bp = Blueprint("client_access", __name__, url_prefix="/admin/clients")
access.protect(bp, read=Permission.CLIENTS_READ, write=Permission.CLIENTS_WRITE)

Json = dict[str, Any]


@bp.get("/<segment:client_id>/access")
def show_access(client_id: str) -> Response:
    """Show who may use an app, and its roles; one of them can be named to change it."""
    return _access_page(get_client(client_id))


@bp.post("/<segment:client_id>/access")
def submit_access(client_id: str) -> Response:
    """Let others use an app, or add, change or remove one of its roles."""
    client, act = hold_client(client_id), request.form.get("act", "")
    form: PageForm = AccessForm() if act == "access" else RoleForm()
    try:
        change = ACTS[act](form, describe_people(client)) if act in ACTS else {}
        metadata = {**client.registered, **change}
        change_client(client_id, metadata, by=get_session().user_id)
    except InvalidClientMetadata as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _access_page(get_client(client_id), refused=form)
    return redirect_to(url_for(".show_access", client_id=client_id, saved=1))


def _let_in(form: Any, _present: Json) -> Json:
    """Return who may use the app by now."""
    if form.who.data != "some":
        return {ACCESS: EVERYONE}
    return {
        ACCESS: {
            "roles": list(form.roles.data or ()),
            "groups": lines(form.allowed_groups.data),
            "users": lines(form.allowed_users.data),
        }
    }


def _add_role(form: Any, present: Json) -> Json:
    """Return the roles with one more."""
    return {APP_ROLES: [*present[APP_ROLES], _role_in(form)]}


def _save_role(form: Any, present: Json) -> Json:
    """Return the roles with one of them as it is said now."""
    said = _role_in(form)
    others = [role for role in present[APP_ROLES] if role["name"] != said["name"]]
    return {APP_ROLES: [*others, said]}


def _remove_role(form: Any, present: Json) -> Json:
    """Return the roles without one; who has no other may not use the app by it."""
    name = _role_in(form)["name"]
    return {APP_ROLES: [role for role in present[APP_ROLES] if role["name"] != name]}


ACTS: Mapping[str, Callable[[Any, Json], Json]] = {
    "access": _let_in,
    "add": _add_role,
    "save": _save_role,
    "remove": _remove_role,
}


def _role_in(form: Any) -> Json:
    """Return the role that a form says."""
    return {
        "name": (form.name.data or "").strip(),
        "description": (form.description.data or "").strip(),
        "groups": lines(form.groups.data),
        "users": lines(form.users.data),
    }


def _access_page(client: Client, *, refused: PageForm | None = None) -> Response:
    """Render the form of who may use the app, its roles, and a form for one role."""
    present = describe_people(client)
    named = _named_role(present, refused)
    return client_page(
        "admin/clients/access.html",
        client,
        access_form=_or_refused(
            refused, AccessForm, act="access", values=_access_values(present)
        ),
        role_form=_or_refused(
            refused,
            RoleForm,
            act="save" if named else "add",
            values=_role_values(named),
        ),
        changing=named["name"] if named else None,
        roles=present[APP_ROLES],
        refused=refused,
        saved="saved" in request.args,
    )


def _or_refused(
    refused: PageForm | None, kind: type[PageForm], *, act: str, values: Json
) -> PageForm:
    """Return the form that was refused if it is of this kind, else a new one."""
    if isinstance(refused, kind):
        return refused
    return open_form_of(act, kind, **values)


def _named_role(present: Json, refused: PageForm | None) -> Json | None:
    """Return the role that is to be changed, by the address or by what was sent.

    Sent now, or before a proof of identity.
    """
    name = request.args.get("role", "")
    sent = request.form if refused else held_values()
    if sent.get("act"):
        name = sent.get("name", "") if sent["act"] == "save" else ""
    found = (role for role in present[APP_ROLES] if role["name"] == name)
    return next(found, None)


def _access_values(present: Json) -> Json:
    """Return who may use the app, as the fields have it."""
    open_to = present[ACCESS]
    if open_to == EVERYONE:
        return {"who": EVERYONE}
    return {
        "who": "some",
        "roles": open_to["roles"],
        "allowed_groups": "\n".join(open_to["groups"]),
        "allowed_users": "\n".join(open_to["users"]),
    }


def _role_values(role: Json | None) -> Json:
    """Return a role, as the fields have it."""
    if role is None:
        return {}
    lists = {name: "\n".join(role[name]) for name in ("groups", "users")}
    return {**role, **lists}
