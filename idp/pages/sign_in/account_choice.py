"""/login/select: which account goes on (``prompt=select_account``, OIDC Core)."""

from urllib.parse import urlencode

from flask import Blueprint, Response, request
from wtforms import HiddenField

from idp.oauth.authorization import pending as pending_requests
from idp.oauth.authorization.questions import AccountQuestion, find_account_question
from idp.oauth.authorization.signed_requests import signed_copy
from idp.pages.continuation import redirect_to_pending
from idp.web.browser.cookies import browser_digests
from idp.web.browser.session import current_session
from idp.web.forms import PageForm
from idp.web.i18n import prefer
from idp.web.pages import interaction_page, set_branding
from idp.web.redirects import redirect_to

bp = Blueprint("account_choice", __name__)


class ChoiceForm(PageForm):
    """What the chooser sends back.

    ``account`` is the user on the page: an answer counts for no other.
    """

    return_to = HiddenField()
    request = HiddenField()
    account = HiddenField()


@bp.get("/login/select")
def show_account_choice() -> Response:
    """Show the account of this browser, or go on where there is nothing to choose."""
    return_to = request.args.get("return_to", "")
    question = _pending_question(return_to)
    if question is None:
        return redirect_to_pending(return_to, sent_copy=None)
    return _choice_page(question)


@bp.post("/login/select")
def submit_account_choice() -> Response:
    """Go on with the account, for exactly the request that was shown."""
    form = ChoiceForm()
    question = _pending_question(form.return_to.data)
    if question is None:
        return redirect_to_pending(form.return_to.data, sent_copy=form.request.data)
    if form.account.data != question.session.user_id:
        return _choice_page(question)
    pending_requests.choose(question.pending, user_id=question.session.user_id)
    return redirect_to(question.pending.path)


def _pending_question(return_to: str | None) -> AccountQuestion | None:
    """Return what this browser's user is to choose for, None if nothing."""
    return find_account_question(
        return_to, browsers=browser_digests(), session=current_session()
    )


def _choice_page(question: AccountQuestion) -> Response:
    """Render the chooser in the language that the client asked for."""
    prefer(lambda: question.asked.ui_locales)
    set_branding(lambda: question.client.brand)
    session, path = question.session, question.pending.path
    back = {"return_to": path}
    return interaction_page(
        "sign_in/account_choice.html",
        form=ChoiceForm(formdata=None),
        form_continue={"return_to": path, "request": signed_copy(question.pending)},
        client_name=question.client.client_name,
        account=session,
        switch_url=f"/login?{urlencode(back | {'switch': '1'})}",
        logout_url=f"/logout?{urlencode(back)}",
    )
