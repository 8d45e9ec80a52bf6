"""The consent page (OIDC Core §3.1.2.4): what an app asks for, and the answer."""

from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from wtforms import HiddenField

from idp.accounts.users import get_user
from idp.oauth.authorization import consents
from idp.oauth.authorization import pending as interactions
from idp.oauth.authorization.authorize import Question, find_question
from idp.oauth.authorization.decision import CANCELLED
from idp.oauth.authorization.signed_requests import signed_copy
from idp.oauth.protocol.scopes import split
from idp.pages.authorization.hosts import host_of
from idp.pages.authorization.kept_scope import kept_values
from idp.pages.authorization.scope_words import scope_items
from idp.pages.authorization.stale import lead_on
from idp.web.authorization.response import authorization_response
from idp.web.browser.cookies import browser_digests
from idp.web.browser.session import current_session
from idp.web.forms import PageForm
from idp.web.i18n import prefer
from idp.web.pages import interaction_page, set_branding
from idp.web.redirects import local_path

bp = Blueprint("consent", __name__)


class ConsentForm(PageForm):
    """What the consent page sends back.

    ``asked`` is the scope that was on the page: an answer counts for that alone.
    ``decision`` is the button, ``request`` the signed copy of the waiting request. Each
    optional value that is kept has a field of its own (pages.kept_scope).
    """

    return_to = HiddenField()
    request = HiddenField()
    asked = HiddenField()
    decision = HiddenField()


@bp.get("/consent")
def ask() -> ResponseReturnValue:
    """Show the question, or go on where there is none (any more)."""
    return_to = request.args.get("return_to", "")
    question = _waiting_question(return_to)
    if question is None:
        return redirect(local_path(return_to, default="/account"))
    return _consent_page(question)


@bp.post("/consent")
def receive() -> ResponseReturnValue:
    """Take the answer for exactly the request and the scope that were shown."""
    form = ConsentForm()
    question = _waiting_question(form.return_to.data)
    if question is None:
        return lead_on(form.return_to.data, signed_request=form.request.data)
    if form.asked.data != question.scope:
        return _consent_page(question)
    if form.decision.data not in ("allow", "deny"):
        return _consent_page(question)
    if form.decision.data == "allow" and _allow(question):
        return redirect(question.pending.path, code=HTTPStatus.SEE_OTHER)
    return _refuse(question)


def _refuse(question: Question) -> Response:
    """Tell the app that the person said no, unless another tab has said yes."""
    finished = interactions.finish(question.pending)
    if not finished:
        return lead_on(question.pending.path, signed_request=None)
    return authorization_response(question.asked.reply_to, CANCELLED.fields())


def _waiting_question(return_to: str | None) -> Question | None:
    """Return what this browser's person is to be asked, None if nothing."""
    return find_question(
        return_to, browsers=browser_digests(), session=current_session()
    )


def _allow(question: Question) -> bool:
    """Keep a yes: for this request, and remembered for later ones.

    False when nothing that was asked for is kept, which is a no.
    """
    optional = question.client.optional_scope
    scope, declined = split(question.scope, optional=optional, kept=kept_values())
    if not scope:
        return False
    user_id = question.session.user_id
    if interactions.allow(question.pending, user_id=user_id, scope=scope):
        consents.remember(
            user_id=user_id,
            client_id=question.client.client_id,
            scope=scope,
            declined=declined,
        )
    return True


def _consent_page(question: Question) -> Response:
    """Render the question in the language that the app asked for."""
    prefer(question.asked.ui_locales)
    set_branding(question.client.brand)
    client, session, pending = question.client, question.session, question.pending
    user = get_user(session.user_id)
    return interaction_page(
        "authorization/consent.html",
        form=ConsentForm(formdata=None),
        form_continue={"return_to": pending.path, "request": signed_copy(pending)},
        asked=question.scope,
        client_name=client.client_name,
        client_uri=host_of(client.client_uri),
        account_label=user.email,
        switch_url=f"/login?{urlencode({'return_to': pending.path, 'switch': '1'})}",
        scope_items=scope_items(
            question.scope,
            user=user,
            known=question.known,
            declined=question.declined,
            optional=client.optional_scope,
        ),
        return_host=host_of(question.asked.reply_to.redirect_uri),
        policy_uri=client.policy_uri,
        tos_uri=client.tos_uri,
    )
