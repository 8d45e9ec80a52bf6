"""/admin/clients/<id>/consent: what a client may ask for, and who is asked."""

from collections.abc import Collection
from typing import Any

from flask import Blueprint, Response, request, url_for

from idp.accounts.access.permissions import Permission
from idp.admin.pages.client_forms import ClientConsentForm, open_form, show_errors
from idp.admin.pages.frame import client_page
from idp.oauth.apis.permissions import chosen_lines, list_permissions, read_chosen
from idp.oauth.apis.registry import InvalidApi, declaration_of, list_apis
from idp.oauth.clients.activity import count_consents
from idp.oauth.clients.cache import optional_scope_of
from idp.oauth.clients.changes import change_client, get_client
from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from idp.oauth.models import Api, Client
from idp.oauth.protocol.scopes import join
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

bp = Blueprint("client_consent", __name__, url_prefix="/admin/clients")
access.protect(bp, read=Permission.CLIENTS_READ, write=Permission.CLIENTS_WRITE)


@bp.get("/<segment:client_id>/consent")
def show_consent(client_id: str) -> Response:
    """Show the scopes and whether people are asked."""
    return _consent_page(get_client(client_id))


@bp.post("/<segment:client_id>/consent")
def submit_consent(client_id: str) -> Response:
    """Take other scopes, or another decision about the consent page."""
    client, form = get_client(client_id), ClientConsentForm()
    if not form.validate():
        return _consent_page(client, form)
    try:
        change_client(
            client_id,
            {
                **client.registered,
                "scope": form.scope.data or "",
                "optional_scope": form.optional_scope.data or "",
            },
            first_party=form.first_party.data,
            apis=read_chosen(form.apis.data or ()),
            held=access.held_here(),
            by=get_session().user_id,
        )
    except (InvalidClientMetadata, InvalidApi) as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _consent_page(get_client(client_id), form)
    there = url_for(".show_consent", client_id=client_id, saved=1)
    return redirect_to(there)


def _offered(api: Api, *, chosen: Collection[str]) -> dict[str, Any]:
    """Return an API, its scopes and which of both are ticked."""
    return {
        "name": api.name,
        "identifier": api.identifier,
        "chosen": api.identifier in chosen,
        "scopes": [
            {"name": name, "value": line, "chosen": line in chosen}
            for name in declaration_of(api).scopes
            for line in [f"{api.identifier} {name}"]
        ],
    }


def _consent_page(client: Client, form: ClientConsentForm | None = None) -> Response:
    """Render the scopes and the decision."""
    values = {
        "scope": client.registered["scope"],
        "optional_scope": join(sorted(optional_scope_of(client.registered))),
        "first_party": client.first_party,
        "apis": chosen_lines(list_permissions(client.client_id)),
    }
    form = form or open_form(ClientConsentForm, **values)
    return client_page(
        "admin/clients/consent.html",
        client,
        form=form,
        apis=[_offered(api, chosen=form.apis.data or ()) for api in list_apis()],
        consents=count_consents(client.client_id),
        saved="saved" in request.args,
    )
