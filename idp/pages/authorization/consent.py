"""The consent page (OIDC Core §3.1.2.4): what a client asks for, and the answer."""

from flask import Blueprint, Response
from wtforms import HiddenField

from idp.accounts.users import get_user
from idp.oauth.authorization import consents
from idp.oauth.authorization import pending as pending_requests
from idp.oauth.authorization.decision import CANCELLED
from idp.oauth.authorization.questions import (
    ConsentQuestion,
    find_consent_question,
    find_denied,
)
from idp.oauth.authorization.signed_requests import signed_copy
from idp.oauth.clients import audiences
from idp.oauth.protocol.redirect_uris import host_of
from idp.oauth.protocol.scopes import split
from idp.pages.authorization.scope_words import (
    api_items,
    kept_values,
    scope_items,
)
from idp.pages.continuation import read_continuation, redirect_to_pending
from idp.web.authorization.accounts import accounts_here, switch_url
from idp.web.authorization.response import authorization_response
from idp.web.browser.cookies import browser_digests
from idp.web.forms import PageForm
from idp.web.i18n import prefer
from idp.web.pages import interaction_page, set_branding
from idp.web.redirects import protocol_redirect, redirect_to

bp = Blueprint("consent", __name__)


class ConsentForm(PageForm):
    """What the consent page sends back.

    ``asked`` is the scope, with the APIs, that was on the page: an answer counts for
    that alone.
    ``decision`` is the button, ``request`` the signed copy of the waiting request. Each
    optional value that is kept has a field of its own (scope_words.KEPT).
    """

    return_to = HiddenField()
    request = HiddenField()
    asked = HiddenField()
    decision = HiddenField()


@bp.get("/consent")
def show_consent() -> Response:
    """Show the question, or go on where there is none (any more)."""
    return_to = read_continuation().return_to
    question = _waiting_question(return_to)
    if question is None:
        return protocol_redirect(return_to)
    return _consent_page(question)


@bp.post("/consent")
def submit_consent() -> Response:
    """Take the answer for exactly the request and the scope that were shown."""
    form = ConsentForm()
    question = _waiting_question(form.return_to.data)
    if question is None:
        return _already_answered(form)
    if form.asked.data != question.shown:
        return _consent_page(question)
    if form.decision.data not in ("allow", "deny"):
        return _consent_page(question)
    if form.decision.data == "allow" and _allow(question):
        return redirect_to(question.pending.path)
    return _deny(question)


def _deny(question: ConsentQuestion) -> Response:
    """Tell the client that the user denied it, unless another tab has allowed it."""
    if not pending_requests.finish(question.pending):
        return redirect_to(question.pending.path)
    return authorization_response(question.asked.reply_to, CANCELLED.fields())


def _already_answered(form: ConsentForm) -> Response:
    """Go on with what waits, or say no once more to who says it once more."""
    return_to, says_no = form.return_to.data, form.decision.data == "deny"
    reply_to = find_denied(return_to, browsers=browser_digests()) if says_no else None
    if reply_to:
        return authorization_response(reply_to, CANCELLED.fields())
    return redirect_to_pending(return_to, sent_copy=form.request.data)


def _waiting_question(return_to: str | None) -> ConsentQuestion | None:
    """Return what this browser's user is to be asked, None if nothing."""
    return find_consent_question(
        return_to, browsers=browser_digests(), accounts=accounts_here()
    )


def _allow(question: ConsentQuestion) -> bool:
    """Keep a yes: for this request, and remembered for later ones.

    False when nothing that was asked for is kept, which is a no.
    """
    optional = question.client.optional_scope
    scope, declined = split(question.scope, optional=optional, kept=kept_values())
    if not scope:
        return False
    user_id = question.session.user_id
    if pending_requests.allow(question.pending, user_id=user_id, scope=scope):
        consents.remember(
            user_id=user_id,
            client_id=question.client.client_id,
            scope=scope,
            declined=declined,
            resources=question.asked.resource,
        )
    return True


def _consent_page(question: ConsentQuestion) -> Response:
    """Render the question in the language that the client asked for."""
    prefer(lambda: question.asked.ui_locales)
    set_branding(lambda: question.client.brand)
    client, session, pending = question.client, question.session, question.pending
    user = get_user(session.user_id)
    apis = audiences.named_apis(client, question.asked.resource)
    return interaction_page(
        "authorization/consent.html",
        form=ConsentForm(formdata=None),
        form_continue={"return_to": pending.path, "request": signed_copy(pending)},
        asked=question.shown,
        client_name=client.client_name,
        client_uri=host_of(client.client_uri),
        account_label=user.email,
        switch_url=switch_url(pending.path),
        scope_items=scope_items(
            question.scope,
            apis=apis,
            user=user,
            known=question.known,
            declined=question.declined,
            optional=client.optional_scope,
        )
        + api_items(apis, known=question.known, named=question.named),
        return_host=host_of(question.asked.reply_to.redirect_uri),
        policy_uri=client.policy_uri,
        tos_uri=client.tos_uri,
    )
