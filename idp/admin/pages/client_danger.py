"""/admin/clients/<id>/danger: turn a client off, or delete it."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext

from idp.accounts.access.permissions import Permission
from idp.admin.pages.client_forms import DangerForm, open_form
from idp.admin.pages.frame import client_page
from idp.oauth.clients.changes import disable_client, enable_client, get_client
from idp.oauth.clients.edits.deletion import delete_client
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.redirects import redirect_to

SWITCHES = {"disable": disable_client, "enable": enable_client}

bp = Blueprint("client_danger", __name__, url_prefix="/admin/clients")
access.protect(bp, read=Permission.CLIENTS_WRITE, write=Permission.CLIENTS_WRITE)


@bp.get("/<segment:client_id>/danger")
def show_danger(client_id: str) -> Response:
    """Offer both, and say what each does."""
    return _danger_page(client_id)


@bp.post("/<segment:client_id>/danger")
def submit_danger(client_id: str) -> Response:
    """Turn off or on at once; delete after the id was typed."""
    get_client(client_id)
    form, by = DangerForm(), get_session().user_id
    if form.action.data in SWITCHES:
        SWITCHES[form.action.data](client_id, by=by)
        return redirect_to(url_for(".show_danger", client_id=client_id))
    if form.confirmation.data != client_id:
        words = gettext("Type the client ID exactly as it stands above.")
        form.confirmation.errors = [words]
        return _danger_page(client_id, form)
    delete_client(client_id, by=by)
    return redirect_to(url_for("clients.show_clients", deleted=1))


def _danger_page(client_id: str, form: DangerForm | None = None) -> Response:
    """Render both forms."""
    return client_page(
        "admin/clients/danger.html",
        get_client(client_id),
        form=form or open_form(DangerForm),
    )
