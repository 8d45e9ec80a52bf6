"""Where a mailed sign-in link leads: what it asks, and in which browser it works."""

from flask import Response

from idp.accounts.sign_in.by_mail.requests import AskedBy
from idp.accounts.sign_in.by_mail.sign_in import (
    AskedElsewhere,
    LinkOver,
    MailedLink,
    find_mailed_link,
    sign_in_by_mailed_link,
)
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.pending import FactorRequired
from idp.pages.continuation import HOME, Continuation, signed_in_response
from idp.pages.forms import ConfirmForm
from idp.security.user_agent import Browser
from idp.web.browser.cookies import mail_token
from idp.web.browser.session import current_session, session_request
from idp.web.pages import interaction_page, set_branding
from idp.web.redirects import local_path, redirect_to
from idp.web.words import browser_name


def show_mailed_link(token: str, ahead: Continuation) -> Response | None:
    """Show whom a mailed link signs in, and to where; None when it is none, or over."""
    found = find_mailed_link(token, by=_this_browser())
    return _page(found, token=token, ahead=ahead) if found else None


def use_mailed_link(token: str, ahead: Continuation) -> Response | None:
    """Use a mailed link; None as above."""
    outcome = sign_in_by_mailed_link(
        token,
        by=_this_browser(),
        request=session_request(),
        client_id=ahead.client_id,
    )
    if isinstance(outcome, SignedIn | FactorRequired):
        return signed_in_response(outcome, ahead)
    if isinstance(outcome, LinkOver):
        return None
    if isinstance(outcome, AskedElsewhere):
        return show_mailed_link(token, ahead)
    return redirect_to(ahead.url("/login"))


def _this_browser() -> AskedBy:
    """Return what this browser shows of having asked."""
    return AskedBy(browser_token=mail_token())


def _page(found: MailedLink, *, token: str, ahead: Continuation) -> Response:
    """Render the question; it leads to what waited where the link was asked for."""
    if ahead.return_to == HOME:
        ahead = Continuation(local_path(found.return_to, default=HOME))
        waits = ahead
        set_branding(lambda: waits.brand)
    live, asked_with = current_session(), found.asked_with
    browser = Browser(asked_with.get("browser"), asked_with.get("system"))
    return interaction_page(
        "sign_in/mailed_link.html",
        form=ConfirmForm(),
        form_continue=ahead.form_continue,
        client_name=ahead.client_name,
        found=found,
        browser=browser_name(browser),
        token=token,
        signed_in_as=live.email if live else None,
        again_url=ahead.url("/login/link", **ahead.adding),
    )
