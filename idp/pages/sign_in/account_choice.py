"""/login/select: which account goes on (``prompt=select_account``, OIDC Core)."""

from urllib.parse import urlencode

from flask import Blueprint, Response, request
from wtforms import HiddenField

from idp.oauth.authorization import pending as interactions
from idp.oauth.authorization.authorize import Waiting, find_choice
from idp.oauth.authorization.signed_requests import signed_copy
from idp.pages.authorization.stale import lead_on
from idp.web.browser.cookies import browser_digests
from idp.web.browser.session import current_session
from idp.web.forms import PageForm
from idp.web.i18n import prefer
from idp.web.pages import interaction_page, set_branding

bp = Blueprint("account_choice", __name__)


class ChoiceForm(PageForm):
    """What the chooser sends back.

    ``account`` is who was on the page: an answer counts for nobody else.
    """

    return_to = HiddenField()
    request = HiddenField()
    account = HiddenField()


@bp.get("/login/select")
def ask() -> Response:
    """Show the account of this browser, or go on where there is nothing to choose."""
    return_to = request.args.get("return_to", "")
    waiting = _waiting_choice(return_to)
    if waiting is None:
        return lead_on(return_to, signed_request=None)
    return _choice_page(waiting)


@bp.post("/login/select")
def choose() -> Response:
    """Go on with the account, for exactly the request that was shown."""
    form = ChoiceForm()
    waiting = _waiting_choice(form.return_to.data)
    if waiting is None:
        return lead_on(form.return_to.data, signed_request=form.request.data)
    if form.account.data != waiting.session.user_id:
        return _choice_page(waiting)
    interactions.choose(waiting.pending, user_id=waiting.session.user_id)
    return lead_on(waiting.pending.path, signed_request=None)


def _waiting_choice(return_to: str | None) -> Waiting | None:
    """Return what this browser's person is to choose for, None if nothing."""
    return find_choice(return_to, browsers=browser_digests(), session=current_session())


def _choice_page(waiting: Waiting) -> Response:
    """Render the chooser in the language that the app asked for."""
    prefer(waiting.asked.ui_locales)
    set_branding(waiting.client.brand)
    session, path = waiting.session, waiting.pending.path
    back = {"return_to": path}
    return interaction_page(
        "sign_in/account_choice.html",
        form=ChoiceForm(formdata=None),
        form_continue={"return_to": path, "request": signed_copy(waiting.pending)},
        client_name=waiting.client.client_name,
        account=session,
        switch_url=f"/login?{urlencode(back | {'switch': '1'})}",
        logout_url=f"/logout?{urlencode(back)}",
    )
