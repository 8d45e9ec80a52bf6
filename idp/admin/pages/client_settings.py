"""/admin/clients/<id>/settings: change a client's metadata."""

import json
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from idp.accounts.access.permissions import Permission
from idp.admin.pages.client_forms import (
    MetadataForm,
    SettingsForm,
    lines,
    open_form,
    seconds_in,
    show_errors,
)
from idp.admin.pages.frame import client_page
from idp.core.context import current
from idp.oauth.clients.changes import change_client, get_client
from idp.oauth.clients.kinds import Kind, kind_of
from idp.oauth.clients.metadata.members import REDIRECT_FIELDS
from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from idp.oauth.clients.metadata.warnings import warnings_of
from idp.oauth.clients.view import IdTokenClaims
from idp.oauth.models import Client
from idp.oauth.settings import OAuthSettings
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo
from idp.web.words import in_words, message_of

REFRESH = "refresh_token"
PLAIN_FIELDS = (
    "client_name",
    "token_endpoint_auth_method",
    "id_token_signed_response_alg",
    "access_token_signed_response_alg",
)
CALLED_FIELDS = (
    "initiate_login_uri",
    "backchannel_logout_uri",
    "frontchannel_logout_uri",
)
LIFETIMES = (
    "access_token_seconds",
    "id_token_seconds",
    "refresh_idle_seconds",
    "refresh_lifetime_seconds",
)
OF_USERS = ("refresh", "claims_in_id_token", *LIFETIMES[1:])
ORIGINS = "allowed_origins"
BROWSER_FIELDS = (*REDIRECT_FIELDS, ORIGINS, *CALLED_FIELDS, "require_pkce")

bp = Blueprint("client_settings", __name__, url_prefix="/admin/clients")
access.protect(bp, read=Permission.CLIENTS_READ, write=Permission.CLIENTS_WRITE)


@bp.get("/<segment:client_id>/settings")
def show_settings(client_id: str) -> Response:
    """Show the settings as they are."""
    return _settings_page(get_client(client_id))


@bp.post("/<segment:client_id>/settings")
def submit_settings(client_id: str) -> Response:
    """Take changed settings, from the fields or as JSON."""
    client = get_client(client_id)
    if "metadata" in request.form:
        return _replace_metadata(client, MetadataForm())
    form = _settings_form(client)
    if not form.validate():
        return _settings_page(client, form=form)
    try:
        change_client(
            client_id,
            _metadata_in(form, client),
            require_pkce=form.require_pkce.data if "require_pkce" in form else None,
            held=access.held_here(),
            by=get_session().user_id,
        )
    except InvalidClientMetadata as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _settings_page(get_client(client_id), form=form)
    return _saved(client_id)


def _replace_metadata(client: Client, form: MetadataForm) -> Response:
    """Take all metadata as JSON."""
    client_id, metadata = client.client_id, _read_object(form.metadata.data or "")
    if metadata is None or not form.validate():
        form.metadata.errors = [gettext("This is no JSON object: look for a comma.")]
        return _settings_page(client, everything=form)
    try:
        change_client(
            client_id,
            metadata,
            held=access.held_here(),
            by=get_session().user_id,
        )
    except InvalidClientMetadata as refusal:
        undo()
        form.metadata.errors = [f"{e.field}: {message_of(e)}" for e in refusal.errors]
        return _settings_page(get_client(client_id), everything=form)
    return _saved(client_id)


def _read_object(text: str) -> dict[str, Any] | None:
    """Return the JSON object in ``text``, None when it is none."""
    try:
        found = json.loads(text.lstrip("\ufeff"))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _saved(client_id: str) -> Response:
    """Lead back to the page, which says that it was saved."""
    there = url_for(".show_settings", client_id=client_id, saved=1)
    return redirect_to(there)


def _metadata_in(form: SettingsForm, client: Client) -> dict[str, Any]:
    """Return the client's metadata with what the fields change."""
    changed = {name: form[name].data for name in PLAIN_FIELDS}
    changed |= {
        name: lines(form[name].data) for name in REDIRECT_FIELDS if name in form
    }
    if ORIGINS in form:
        changed[ORIGINS] = lines(form[ORIGINS].data) or None
    changed |= {name: form[name].data or None for name in CALLED_FIELDS if name in form}
    changed |= {name: seconds_in(form[name].data) for name in LIFETIMES if name in form}
    if "refresh" in form:
        grants = [g for g in client.registered["grant_types"] if g != REFRESH]
        changed["grant_types"] = [*grants, *[REFRESH] * form.refresh.data]
    if "claims_in_id_token" in form:
        told = IdTokenClaims.SCOPE if form.claims_in_id_token.data else None
        changed["id_token_claims"] = told
    return {**client.registered, **changed}


def _settings_form(client: Client) -> SettingsForm:
    """Return the form with the present values of what means something to its kind."""
    registered = client.registered
    form = open_form(
        SettingsForm,
        **{name: registered.get(name) for name in (*PLAIN_FIELDS, *CALLED_FIELDS)},
        **{name: str(registered.get(name) or "") for name in LIFETIMES},
        **{name: "\n".join(registered[name]) for name in REDIRECT_FIELDS},
        allowed_origins="\n".join(registered.get(ORIGINS) or ()),
        claims_in_id_token=registered.get("id_token_claims") == IdTokenClaims.SCOPE,
        refresh=REFRESH in registered["grant_types"],
        require_pkce=client.require_pkce,
    )
    kind = kind_of(registered)
    if not kind.redirected:
        for name in BROWSER_FIELDS:
            del form[name]
    if kind is Kind.MACHINE:
        for name in OF_USERS:
            del form[name]
    return form


def _settings_page(
    client: Client,
    *,
    form: SettingsForm | None = None,
    everything: MetadataForm | None = None,
) -> Response:
    """Render the fields, and all metadata as JSON below."""
    text = json.dumps(client.registered, indent=2, ensure_ascii=False)
    return client_page(
        "admin/clients/settings.html",
        client,
        form=form or _settings_form(client),
        everything=everything or open_form(MetadataForm, metadata=text),
        saved="saved" in request.args,
        warnings=[in_words(text) for text in warnings_of(client.registered)],
        ceilings=current(OAuthSettings),
    )
