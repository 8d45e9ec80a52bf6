"""/admin/clients/<id>/try: what to ask for when a client is tried."""

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice

from idp.accounts.access.permissions import Permission
from idp.admin.pages.client_forms import choices, named_so, open_form
from idp.admin.pages.frame import client_page
from idp.oauth.apis.builtin import builtin_names
from idp.oauth.clients.changes import get_client
from idp.oauth.clients.view import ClientView
from idp.oauth.models import Client
from idp.oauth.trials.start import (
    CannotTry,
    Hindrance,
    WantedTrial,
    hindrance_of,
    scopes_to_try,
    start_trial,
    triable_client,
)
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.forms import PageForm
from idp.web.redirects import redirect_to

USUAL = lazy_gettext("As the app usually does")
HINDRANCES = {
    Hindrance.DISABLED: lazy_gettext(
        "This app is off: turn it on under Danger zone to try it."
    ),
    Hindrance.NO_CODES: lazy_gettext(
        "This app signs nobody in by a browser: its grant types have "
        "no authorization_code."
    ),
}
PROMPTS = {
    "": USUAL,
    "login": lazy_gettext("Ask for the sign-in again (prompt=login)"),
    "consent": lazy_gettext("Ask for consent again (prompt=consent)"),
    "select_account": lazy_gettext("Ask which account (prompt=select_account)"),
    "none": lazy_gettext("Ask nothing, or fail (prompt=none)"),
}

bp = Blueprint("client_trial", __name__, url_prefix="/admin/clients")
access.protect(
    bp,
    read=Permission.CLIENTS_READ,
    write=Permission.CLIENTS_WRITE,
    forms=("show_trial",),
)


class TrialForm(PageForm):
    """What the request asks for."""

    scope = SelectMultipleField(lazy_gettext("Scopes"), validate_choice=False)
    resource = SelectField(lazy_gettext("For which API"), validate_choice=False)
    prompt = SelectField(
        lazy_gettext("What people are asked"), choices=choices(PROMPTS.items())
    )


@bp.get("/<segment:client_id>/try")
def show_trial(client_id: str) -> Response:
    """Ask what the request should ask for, or say why there can be none."""
    client = get_client(client_id)
    return _trial_page(client, triable_client(client_id))


@bp.post("/<segment:client_id>/try")
def submit_trial(client_id: str) -> Response:
    """Begin: from here on it is the sign-in that people at this app see."""
    client, form = get_client(client_id), TrialForm()
    known = triable_client(client_id)
    if not form.validate():
        return _trial_page(client, known, form=form)
    wanted = WantedTrial(
        form.scope.data or (), form.resource.data or None, form.prompt.data or None
    )
    try:
        return redirect_to(start_trial(client_id, wanted, session=get_session()))
    except CannotTry:
        return _trial_page(client, known)


def _trial_page(
    client: Client, known: ClientView, *, form: TrialForm | None = None
) -> Response:
    """Render the page."""
    hindrance = hindrance_of(known)
    offered = scopes_to_try(known)
    form = form or open_form(TrialForm, scope=offered, resource="", prompt="")
    form.resource.choices = [*choices([("", USUAL)]), *_apis_of(known)]
    return client_page(
        "admin/trials/start.html",
        client,
        form=form,
        hindrance=HINDRANCES[hindrance] if hindrance else None,
        scopes=[
            {"name": name, "chosen": name in (form.scope.data or ())}
            for name in offered
        ],
        send_url=url_for(".submit_trial", client_id=client.client_id),
        ended="ended" in request.args,
    )


def _apis_of(client: ClientView) -> list[SelectChoice]:
    """Return the APIs that a client may ask for, by identifier; ours have words."""
    ours = builtin_names()
    return [
        SelectChoice(identifier, gettext(ours[identifier]))
        if identifier in ours
        else named_so(identifier, f"{view.name} ({identifier})")
        for identifier, view in client.apis.items()
    ]
