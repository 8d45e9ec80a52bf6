"""/no-access: an app that is not for the user who signed in (RFC 6749 §4.1.2.1).

Or is to be opened in an organization that they are not in, or that does not allow it.
"""

from flask import Blueprint, Response, request
from wtforms import HiddenField

from idp.oauth.authorization import pending as pending_requests
from idp.oauth.authorization.decision import NO_ACCESS
from idp.oauth.authorization.questions import AccessRefusal, find_access_refusal
from idp.oauth.authorization.signed_requests import signed_copy
from idp.pages.continuation import redirect_to_pending
from idp.web.authorization.accounts import accounts_here, switch_url
from idp.web.authorization.response import authorization_response
from idp.web.browser.cookies import browser_digests
from idp.web.forms import PageForm
from idp.web.i18n import prefer
from idp.web.pages import interaction_page, set_branding
from idp.web.redirects import redirect_to

bp = Blueprint("no_access", __name__)


class BackForm(PageForm):
    """What the page sends back: its one button tells the app."""

    return_to = HiddenField()
    request = HiddenField()


@bp.get("/no-access")
def show_no_access() -> Response:
    """Say so, or go on where it is not so (any more)."""
    return_to = request.args.get("return_to", "")
    refused = _refused_request(return_to)
    if refused is None:
        return redirect_to_pending(return_to, sent_copy=None)
    return _no_access_page(refused)


@bp.post("/no-access")
def submit_no_access() -> Response:
    """Go back to the app with ``access_denied``, once."""
    form = BackForm()
    refused = _refused_request(form.return_to.data)
    if refused is None:
        return redirect_to_pending(form.return_to.data, sent_copy=form.request.data)
    if not pending_requests.finish(refused.pending):
        return redirect_to(refused.pending.path)
    return authorization_response(refused.asked.reply_to, NO_ACCESS.fields())


def _refused_request(return_to: str | None) -> AccessRefusal | None:
    """Return the request of this browser's user that is refused, None if none is."""
    return find_access_refusal(
        return_to, browsers=browser_digests(), accounts=accounts_here()
    )


def _no_access_page(refused: AccessRefusal) -> Response:
    """Render the page in the language that the client asked for."""
    prefer(lambda: refused.asked.ui_locales)
    set_branding(lambda: refused.client.brand)
    path = refused.pending.path
    return interaction_page(
        "authorization/no_access.html",
        form=BackForm(formdata=None),
        form_continue={"return_to": path, "request": signed_copy(refused.pending)},
        here="/no-access",
        client_name=refused.client.client_name,
        by_organization=refused.by_organization,
        not_in=refused.not_in,
        account_label=refused.session.email,
        switch_url=switch_url(path),
    )
