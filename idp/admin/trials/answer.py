"""/admin/apps/try: where the answer to a trial arrives, and what is in it.

No client registers this address, and no request that was sent leads here
(``oauth.trials``). The answer comes by form_post, so that nothing changes on GET.
"""

import json
from base64 import urlsafe_b64decode
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from idp.accounts.access.permissions import Permission
from idp.admin.pages.client_forms import open_form
from idp.admin.pages.frame import admin_page, client_page
from idp.oauth.clients.changes import get_client
from idp.oauth.protocol.redirect_uris import TRY_PATH
from idp.oauth.trials.answer import NoSuchTrial, TrialAnswer, end_trial, take_answer
from idp.web.browser import csrf
from idp.web.browser.session import get_session
from idp.web.callers import access
from idp.web.forms import PageForm
from idp.web.redirects import redirect_to
from idp.web.words import title_of

FIELDS = ("state", "iss", "code", "error", "error_description")
JWT_PARTS = 3
LISTS_OF_APPS = "/admin/clients"

bp = Blueprint("trial_answer", __name__, url_prefix=TRY_PATH)
# The page that began the trial has asked for a proof of the last minutes.
access.protect(
    bp, read=Permission.CLIENTS_READ, write=Permission.CLIENTS_WRITE, proof=False
)


@bp.get("")
def show_answer() -> Response:
    """Lead away: an answer is shown once, to the form that brings it."""
    return redirect_to(LISTS_OF_APPS)


@bp.post("")
@csrf.exempt  # the form is the authorization endpoint's: its state is this session's
def submit_answer() -> Response:
    """Exchange the code as the app would, and show what it would get."""
    if not csrf.same_origin(request, csrf.own_origins()):
        raise csrf.CrossSiteRequest
    fields = {name: request.form[name] for name in FIELDS if name in request.form}
    try:
        answer = take_answer(fields, session=get_session())
    except NoSuchTrial as refusal:
        return admin_page(
            "admin/trials/unknown.html", status=refusal.status, said=title_of(refusal)
        )
    return _answer_page(answer)


@bp.post("/done")
def submit_done() -> Response:
    """End what came of a trial, by its button or because its page was left."""
    client_id = end_trial(request.form.get("state", ""), session=get_session())
    if client_id is None:
        return redirect_to(LISTS_OF_APPS)
    there = url_for("client_trial.show_trial", client_id=client_id, ended=1)
    return redirect_to(there)


def _answer_page(answer: TrialAnswer) -> Response:
    """Render what the client would get."""
    tokens = answer.tokens
    named = {
        gettext("ID token"): tokens.id_token if tokens else None,
        gettext("Access token"): tokens.access_token if tokens else None,
    }
    return client_page(
        "admin/trials/answer.html",
        get_client(answer.client_id),
        error=answer.error,
        description=answer.description,
        tokens=[
            {"name": name, "value": value, **_decoded(value)}
            for name, value in named.items()
            if value
        ],
        scope=tokens.scope if tokens else None,
        until=answer.until,
        userinfo=_pretty(answer.userinfo) if answer.userinfo else None,
        form=open_form(PageForm),
        state=answer.state,
        again_url=url_for("client_trial.show_trial", client_id=answer.client_id),
    )


def _decoded(token: str) -> dict[str, str]:
    """Return the header and the claims of a JWT."""
    header, claims, _signature = token.split(".", JWT_PARTS - 1)
    return {"header": _pretty(_read(header)), "claims": _pretty(_read(claims))}


def _read(part: str) -> Any:
    """Return what a part of a JWT says (RFC 7515 §3)."""
    return json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def _pretty(content: Any) -> str:
    """Return JSON for people."""
    return json.dumps(content, indent=2, ensure_ascii=False)
