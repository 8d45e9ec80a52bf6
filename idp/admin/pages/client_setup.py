"""/admin/clients/<id>: what to put where, so that the app can sign people in."""

from flask import Blueprint, Response, request

from idp.accounts.access.permissions import Permission
from idp.admin.pages.frame import client_page
from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.oauth.clients.access.roles import list_roles
from idp.oauth.clients.activity import recent_sign_ins
from idp.oauth.clients.changes import get_client
from idp.oauth.clients.kinds import kind_of
from idp.oauth.clients.snippets.setup import setup_of
from idp.oauth.clients.snippets.snippets import snippets_of
from idp.web.callers import access

bp = Blueprint("client_setup", __name__, url_prefix="/admin/clients")
access.protect(bp, read=Permission.CLIENTS_READ, write=Permission.CLIENTS_WRITE)


@bp.get("/<segment:client_id>")
def show_setup(client_id: str) -> Response:
    """Show the values an app needs, filled into the configuration of what it runs."""
    client = get_client(client_id)
    setup = setup_of(
        current(ServerSettings).issuer,
        client_id=client_id,
        metadata=client.registered,
        roles=[role.name for role in list_roles(client_id)],
    )
    snippets = snippets_of(setup, kind_of(client.registered))
    wanted = request.args.get("target")
    chosen = next((each for each in snippets if each.target == wanted), snippets[0])
    last = recent_sign_ins(client_id, limit=1)
    return client_page(
        "admin/clients/setup.html",
        client,
        setup=setup,
        redirect_uris=client.registered["redirect_uris"],
        snippets=snippets,
        chosen=chosen,
        made="made" in request.args,
        last_sign_in_at=last[0].at if last else None,
    )
