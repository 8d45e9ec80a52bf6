"""/admin/clients/<id>/activity: who signed in lately."""

from flask import Blueprint, Response

from idp.accounts.access.permissions import Permission
from idp.admin.pages.frame import client_page
from idp.oauth.clients.activity import recent_sign_ins
from idp.oauth.clients.changes import get_client
from idp.oauth.clients.search import MOST_COUNTED, usage_of
from idp.web.callers import access

SHOWN = 50

bp = Blueprint("client_activity", __name__, url_prefix="/admin/clients")
access.protect(bp, read=Permission.CLIENTS_READ, write=Permission.CLIENTS_READ)


@bp.get("/<segment:client_id>/activity")
def show_activity(client_id: str) -> Response:
    """List the newest sign-ins."""
    client = get_client(client_id)
    usage = usage_of([client_id]).get(client_id)
    return client_page(
        "admin/clients/activity.html",
        client,
        sign_ins=recent_sign_ins(client_id, limit=SHOWN),
        lately=usage.sign_ins if usage else 0,
        most_counted=MOST_COUNTED,
    )
