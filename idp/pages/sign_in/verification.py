"""/email-verification: confirm an address by the mailed link or code."""

from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from flask_babel import gettext

from idp.accounts.email import verification as email_verification
from idp.accounts.errors import EmailTaken, InvalidInput
from idp.accounts.mail_limits import verification_mail_act
from idp.accounts.password.reset import offer_reset
from idp.accounts.registration import pending
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sign_in.registrants import Confirmed, ConfirmedBy
from idp.accounts.users import get_user
from idp.core.log import shown_email
from idp.pages.continuation import HOME, Continuation, read_continuation
from idp.pages.forms import CodeForm, ConfirmForm, EmailForm, show_errors
from idp.pages.sign_in.check_inbox import check_inbox_page, own_inbox_page
from idp.pages.sign_in.closed import AWAITS_APPROVAL
from idp.pages.sign_in.limited import limited, unchecked
from idp.web.browser.cookies import browser_digests
from idp.web.browser.receipts import Deed, receipt_for, was_done
from idp.web.browser.session import (
    continue_url,
    current_session,
    sign_out_browser,
    this_page,
)
from idp.web.callers.challenge import check_form, page_challenge
from idp.web.callers.requester import this_requester
from idp.web.pages import interaction_page
from idp.web.redirects import local_path, redirect_to
from idp.web.return_urls import page_of_app
from idp.web.unit_of_work import undo

bp = Blueprint("email_verification", __name__, url_prefix="/email-verification")

DONE = "/email-verification/done"


@bp.get("")
def show_verification() -> Response:
    """Show what a link would confirm, or the form for the code."""
    ahead, live = read_continuation(), current_session()
    token = request.args.get("token")
    if token is not None:
        return _link_page(ahead, token=token)
    if live is None:
        return redirect_to(f"/login?{urlencode({'return_to': this_page()})}")
    if live.email_verified:
        return redirect_to(continue_url(live, ahead.return_to))
    return own_inbox_page(ahead, live, resent="resent" in request.args)


@bp.post("")
def submit_verification() -> Response:
    """Confirm by link or by code."""
    ahead, live = read_continuation(), current_session()
    token = request.form.get("token")
    if token is not None:
        by = _confirmed_by(live)
        spent = email_verification.confirm_by_link(
            token, by=by
        ) or pending.confirm_by_link(token, by=by)
        return _confirmed(ahead, spent) if spent else _link_page(ahead, token=token)
    if live is not None and live.email_verified:
        return redirect_to(continue_url(live, ahead.return_to))
    return _confirm_by_code(ahead, live)


@bp.post("/resend")
def submit_resend() -> Response:
    """Send the message again; what is said does not depend on the address."""
    ahead, live = read_continuation(), current_session()
    if live is not None and live.email_verified:
        return redirect_to(continue_url(live, ahead.return_to))
    if live is not None:
        user = get_user(live.user_id)
        email_verification.resend_own(
            user, return_to=ahead.return_to, requester=this_requester()
        )
        return redirect_to(ahead.url("/email-verification", resent="1"))
    form = EmailForm()
    if not form.validate():
        return _ended_page(ahead, form)
    refusal = check_form(verification_mail_act, form.email.data)
    if refusal:
        seconds = refusal.retry_after_seconds
        page = check_inbox_page(
            ahead, address=form.email.data, refused=unchecked(seconds)
        )
        return limited(page, retry_after_seconds=seconds)
    email_verification.resend(
        form.email.data, return_to=ahead.return_to, requester=this_requester()
    )
    return check_inbox_page(ahead, address=form.email.data, resent=True)


@bp.post("/change")
def submit_address() -> Response:
    """Send the message to another address."""
    ahead, live, form = read_continuation(), current_session(), EmailForm()
    if live is None or live.email_verified:
        return redirect_to(ahead.url("/email-verification"))
    if not form.validate():
        return own_inbox_page(ahead, live, change_form=form)
    try:
        email_verification.change_address(
            get_user(live.user_id),
            form.email.data,
            return_to=ahead.return_to,
            requester=this_requester(),
        )
    except (InvalidInput, EmailTaken) as refusal:
        undo()
        show_errors(form, refusal.errors)
        return own_inbox_page(ahead, live, change_form=form)
    return redirect_to(ahead.url("/email-verification"))


@bp.get("/done")
def show_done() -> Response:
    """Say that the address is confirmed, and lead on.

    An app's page is offered to the browser that has just done it.
    """
    ahead, app = read_continuation(), None
    if was_done(Deed.EMAIL_CONFIRMED):
        app = page_of_app(request.args.get("to"))
    return interaction_page(
        "sign_in/email_verified.html",
        continue_url=app.url if app else ahead.return_to,
        client_name=app.host if app else ahead.client_name,
        signed_in=current_session() is not None,
    )


def _confirm_by_code(ahead: Continuation, live: LiveSession | None) -> Response:
    """Judge a typed code, of who is signed in or of the address in the form."""
    form, spent, by = CodeForm(), None, _confirmed_by(live)
    if form.validate():
        if live is not None:
            code = form.code.data
            spent = email_verification.confirm_code_of(live.user_id, code, by=by)
        else:
            address = form.email.data or ""
            code = form.code.data
            spent = email_verification.confirm_by_code(
                address, code, by=by
            ) or pending.confirm_by_code(address, code, by=by)
        if spent:
            return _confirmed(ahead, spent)
        words = gettext("That code isn’t right, or it has expired.")
        form.code.errors = [words]
    if live is not None:
        return own_inbox_page(ahead, live, form=form)
    return check_inbox_page(ahead, address=form.email.data or "", form=form)


def _confirmed_by(live: LiveSession | None) -> ConfirmedBy:
    """Return what this browser shows of having signed up."""
    return ConfirmedBy(browser_digests(), live.id if live else None)


def _confirmed(ahead: Continuation, spent: Confirmed) -> Response:
    """Go on to the app that waits in this browser, or say that it is done.

    Where another browser signed up, the owner sets a password before that.
    """
    if spent.awaits_approval:
        return redirect_to(AWAITS_APPROVAL)
    live, asked_for = current_session(), spent.data.get("return_to")
    app = page_of_app(asked_for) if ahead.return_to == HOME else None
    return_to = local_path(asked_for, default=HOME)
    if ahead.return_to != HOME:
        return_to = ahead.return_to
    if spent.password_discarded:
        new_password = offer_reset(
            spent.user_id, return_to=app.url if app else return_to
        )
        if new_password:
            return _to_new_password(live, spent, path=new_password)
    if live is not None and live.user_id == spent.user_id and return_to != HOME:
        return redirect_to(return_to)
    if app is None:
        return redirect_to(ahead.url(DONE))
    receipt = receipt_for(Deed.EMAIL_CONFIRMED)
    return redirect_to(ahead.url(DONE, to=app.url, **receipt))


def _to_new_password(
    live: LiveSession | None, spent: Confirmed, *, path: str
) -> Response:
    """Lead to the page that sets a password; the account's own session is over."""
    response = redirect_to(path)
    if live is not None and live.user_id == spent.user_id:
        return sign_out_browser(response)
    return response


def _link_page(ahead: Continuation, *, token: str) -> Response:
    """Show whose address a link confirms, or that it does not work any more."""
    found = email_verification.find_link(token)
    address = (
        email_verification.address_of(found) if found else pending.find_link(token)
    )
    if address is None and email_verification.find_confirmed(token):
        return redirect_to(ahead.url(DONE))
    if address is None:
        return _ended_page(ahead, EmailForm(formdata=None))
    return interaction_page(
        "sign_in/email_verification.html",
        state="ready",
        form=ConfirmForm(),
        form_continue=ahead.form_continue,
        client_name=ahead.client_name,
        masked_address=shown_email(address),
        token=token,
    )


def _ended_page(ahead: Continuation, form: EmailForm) -> Response:
    """Say that a link is over and offer a new one; or lead on who needs none."""
    live = current_session()
    nothing_left = live is not None and live.email_verified
    return interaction_page(
        "sign_in/email_verification.html",
        status=HTTPStatus.BAD_REQUEST,
        state="ended",
        form=form,
        challenge=None if live else page_challenge(verification_mail_act),
        form_continue=ahead.form_continue,
        client_name=ahead.client_name,
        continue_url=ahead.return_to if nothing_left else None,
    )
