"""/admin/clients/<id>/secrets: list, add with an overlap, remove."""

from datetime import timedelta

from flask import Blueprint, Response, url_for

from idp.accounts.access.permissions import Permission
from idp.admin.pages.client_forms import RemoveSecretForm, SecretForm, open_form
from idp.admin.pages.frame import client_page
from idp.admin.pages.secret_page import lead_to_secret, secret_page
from idp.core.errors import IdpError
from idp.core.randomness import new_id
from idp.oauth.clients.changes import get_client
from idp.oauth.clients.kinds import uses_secret
from idp.oauth.clients.secrets import (
    LastSecret,
    SecretMadeAlready,
    TooManySecrets,
    UsesNoSecret,
    list_secrets,
    remove_secret,
    rotate_secret,
)
from idp.web.browser.session import get_session
from idp.web.browser.shown_once import take_shown
from idp.web.callers import access
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo
from idp.web.words import title_of

DAY = "86400"

bp = Blueprint("client_secrets", __name__, url_prefix="/admin/clients")
access.protect(bp, read=Permission.CLIENTS_READ, write=Permission.CLIENTS_SECRETS)


@bp.get("/<segment:client_id>/secrets")
def show_secrets(client_id: str) -> Response:
    """List the live secrets by their age; themselves they are not kept."""
    return _secrets_page(client_id)


@bp.get("/<segment:client_id>/secret")
def show_secret(client_id: str) -> Response:
    """Show the secret that was just made, for the only time."""
    shown = take_shown()
    return secret_page(client_id, shown) if shown else _to_list(client_id)


@bp.post("/<segment:client_id>/secrets")
def submit_secrets(client_id: str) -> Response:
    """Add a secret, or remove one."""
    get_client(client_id)
    unwanted = RemoveSecretForm().remove.data
    try:
        if unwanted:
            remove_secret(client_id, unwanted, by=get_session().user_id)
            return _to_list(client_id)
        return _add(client_id)
    except SecretMadeAlready:
        undo()
        return _to_list(client_id)
    except (LastSecret, TooManySecrets, UsesNoSecret) as refusal:
        undo()
        return _secrets_page(client_id, refused=refusal)


def _add(client_id: str) -> Response:
    """Make a secret and lead to where it is shown, for the only time."""
    form = SecretForm()
    if not form.validate():
        return _secrets_page(client_id)
    seconds = form.overlap.data
    made = rotate_secret(
        client_id,
        overlap=timedelta(seconds=int(seconds)) if seconds else None,
        secret_id=form.secret_id.data,
        held=access.held_here(),
        by=get_session().user_id,
    )
    return lead_to_secret(client_id, made.client_secret)


def _to_list(client_id: str) -> Response:
    """Lead to the list."""
    there = url_for(".show_secrets", client_id=client_id)
    return redirect_to(there)


def _secrets_page(client_id: str, *, refused: IdpError | None = None) -> Response:
    """Render the list and the form of a new secret."""
    client = get_client(client_id)
    form = open_form(SecretForm, overlap=DAY)
    form.secret_id.data = new_id()
    return client_page(
        "admin/clients/secrets.html",
        client,
        form=form,
        refused=title_of(refused) if refused else None,
        secrets=list_secrets(client_id),
        uses_secret=uses_secret(client.registered),
    )
