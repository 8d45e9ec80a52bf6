"""/admin/clients/<id>/consent: what a client may ask for, and who is asked."""

from collections.abc import Collection, Iterable
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import lazy_gettext

from idp.accounts.access.permissions import Permission
from idp.admin.pages.client_forms import ClientConsentForm, open_form, show_errors
from idp.admin.pages.frame import client_page
from idp.oauth.apis.builtin import ADMIN_SCOPES
from idp.oauth.apis.permissions import chosen_lines, list_permissions, read_chosen
from idp.oauth.apis.registry import InvalidApi, declaration_of, list_apis
from idp.oauth.apis.view import words_in
from idp.oauth.clients.activity import count_consents
from idp.oauth.clients.cache import optional_scope_of
from idp.oauth.clients.changes import change_client, get_client
from idp.oauth.clients.kinds import Kind, kind_of
from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from idp.oauth.clients.view import OrganizationUse
from idp.oauth.custom_scopes.vocabulary import vocabulary
from idp.oauth.models import Api, Client
from idp.oauth.protocol.scopes import ACCOUNT, join
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.i18n import page_lang
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

SCOPE_WORDS = {
    "openid": lazy_gettext("who signs in: without it there is no ID token"),
    "profile": lazy_gettext("name, picture and the rest of the profile"),
    "email": lazy_gettext("email address, and whether it is confirmed"),
    "address": lazy_gettext("postal address"),
    "phone": lazy_gettext("phone number"),
    "groups": lazy_gettext("the groups they are in"),
    "organizations": lazy_gettext("the organizations they are in, with their roles"),
    "offline_access": lazy_gettext("refresh tokens that outlive the browser session"),
    "account:read": lazy_gettext("look at their account, devices, apps and activity"),
    "account:profile": lazy_gettext("change their name and profile"),
    "account": lazy_gettext("all of their account: sessions, password, export"),
}

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
                **_with_organization(client, form.organization.data),
                "scope": _joined(form.scopes.data, form.scope.data),
                "optional_scope": _joined(form.optional.data, form.optional_scope.data),
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


def _with_organization(client: Client, chosen: str | None) -> dict[str, Any]:
    """Return the metadata of a client with what is chosen; a machine's form has none.

    What is the default is not registered.
    """
    metadata = dict(client.registered)
    if chosen == OrganizationUse.NONE:
        metadata.pop("organization", None)
    elif chosen:
        metadata["organization"] = chosen
    return metadata


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


def _joined(ticked: Iterable[str] | None, typed: str | None) -> str:
    """Return the scope values that are ticked, then those that are typed, each once."""
    return join(dict.fromkeys((*(ticked or ()), *(typed or "").split(" "))))


def _boxes_of(client: Client) -> dict[str, Any]:
    """Return the built-in scope values that can be ticked for a client, with words.

    A machine is offered what who looks may do; ``account`` is for own apps.
    """
    if kind_of(client.registered) is Kind.MACHINE:
        held = access.held_here()
        return {name: "" for name, needed in ADMIN_SCOPES.items() if needed in held}
    offered = {
        name: words
        for name, words in SCOPE_WORDS.items()
        if name != ACCOUNT or client.first_party
    }
    described = vocabulary().descriptions.items()
    return offered | {
        name: words_in(words, language=page_lang()) or "" for name, words in described
    }


def _consent_page(client: Client, form: ClientConsentForm | None = None) -> Response:
    """Render the scopes and the decision."""
    boxes = _boxes_of(client)
    asked = client.registered["scope"].split()
    optional = sorted(optional_scope_of(client.registered))
    values = {
        "scopes": asked,
        "optional": optional,
        "scope": join(name for name in asked if name not in boxes),
        "optional_scope": join(name for name in optional if name not in boxes),
        "organization": client.registered.get("organization", OrganizationUse.NONE),
        "first_party": client.first_party,
        "apis": chosen_lines(list_permissions(client.client_id)),
    }
    form = form or open_form(ClientConsentForm, **values)
    return client_page(
        "admin/clients/consent.html",
        client,
        form=form,
        boxes=[
            {
                "name": name,
                "words": words,
                "chosen": name in (form.scopes.data or ()),
                "optional": name in (form.optional.data or ()),
            }
            for name, words in boxes.items()
        ],
        apis=[_offered(api, chosen=form.apis.data or ()) for api in list_apis()],
        consents=count_consents(client.client_id),
        saved="saved" in request.args,
    )
