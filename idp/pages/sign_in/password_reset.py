"""/forgot-password and /password-reset: ask for a new password by mail, and set it."""

from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext

from idp.accounts.errors import InvalidInput
from idp.accounts.mail_limits import reset_mail_act
from idp.accounts.password import reset as password_reset
from idp.accounts.password.reset import CompletedReset, Resettable
from idp.accounts.password.reset_by_passkey import (
    begin_passkey,
    may_have_passkey,
    set_passkey,
)
from idp.accounts.settings import AccountsSettings
from idp.accounts.sign_in.ways.managed import manager_of
from idp.core.context import current
from idp.core.errors import RateLimited
from idp.federation.sign_in.enforcement import find_enforced
from idp.pages.continuation import HOME, Continuation, cookie_trouble, read_continuation
from idp.pages.forms import EmailForm, NewPasswordForm, show_errors
from idp.pages.passkeys.form import PasskeyForm
from idp.pages.providers.begin import send_who_signs_in
from idp.pages.sign_in.limited import limited, too_many, unchecked
from idp.web.browser.cookies import browser_digests, device_token, keep_device
from idp.web.browser.receipts import Deed, receipt_for, was_done
from idp.web.browser.session import current_session
from idp.web.callers.challenge import check_form, page_challenge
from idp.web.callers.requester import this_requester
from idp.web.pages import interaction_page
from idp.web.redirects import local_path, redirect_to
from idp.web.return_urls import page_of_app
from idp.web.unit_of_work import undo

bp = Blueprint("password_reset", __name__)


@bp.get("/forgot-password")
def show_forgot_password() -> Response:
    """Show the form; who is signed in finds the own address in it."""
    ahead, live = read_continuation(), current_session()
    address = ahead.login_hint or (live.email if live else None)
    return _forgot_page(EmailForm(email=address), ahead)


@bp.post("/forgot-password")
def submit_forgot_password() -> Response:
    """Mail the link; what is said does not depend on the address."""
    ahead, form = read_continuation(), EmailForm()
    if not form.validate():
        return _forgot_page(form, ahead)
    refused = check_form(reset_mail_act, form.email.data)
    if refused:
        seconds = refused.retry_after_seconds
        page = _forgot_page(form, ahead, refused=unchecked(seconds))
        return limited(page, retry_after_seconds=seconds)
    provider = find_enforced(form.email.data, judged_later=True)
    if provider:
        return send_who_signs_in(provider, ahead, login=form.email.data)
    try:
        password_reset.ask_for_reset(
            form.email.data, return_to=ahead.return_to, requester=this_requester()
        )
    except RateLimited as refusal:
        seconds = refusal.retry_after_seconds
        page = _forgot_page(form, ahead, refused=too_many(seconds))
        return limited(page, retry_after_seconds=seconds)
    return _forgot_page(form, ahead, sent=True)


@bp.get("/password-reset")
def show_reset() -> Response:
    """Show whose password a link sets; only the form sets it."""
    token = request.args.get("token", "")
    found = password_reset.find_reset(token)
    if found is None:
        return _ended_page(read_continuation())
    return _reset_page(NewPasswordForm(), found, token=token)


@bp.post("/password-reset")
def submit_reset() -> Response:
    """Set the password, then lead to the sign-in page, or offer the app's."""
    token, form = request.form.get("token", ""), NewPasswordForm()
    found = password_reset.find_reset(token)
    if found is None:
        return _answer_again(token, form)
    if manager_of(found.user) or not form.validate():
        return _reset_page(form, found, token=token)
    try:
        done = password_reset.set_new_password(
            token,
            new_password=form.password.data,
            device_token=device_token(),
            requester=this_requester(),
            by=next(iter(browser_digests()), None),
        )
    except InvalidInput as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _reset_page(form, found, token=token)
    return _led_on(done) if done else _answer_again(token, form)


@bp.post("/password-reset/passkey/options")
def give_options() -> Response:
    """Give the page's script what makes a passkey in place of a new password."""
    begun = begin_passkey(request.form.get("token", ""))
    if begun is None:
        return Response(status=HTTPStatus.CONFLICT)
    ticket, options = begun
    return jsonify(ticket=ticket, options=options)


@bp.post("/password-reset/passkey")
def submit_passkey() -> Response:
    """Keep the passkey that was made, then lead to the sign-in page."""
    token, form = request.form.get("token", ""), PasskeyForm()
    done = set_passkey(
        token,
        form.shown(),
        ticket=form.ticket.data or "",
        name=gettext("Passkey"),
        device_token=device_token(),
        requester=this_requester(),
    )
    if done:
        response = redirect_to("/login?switch=1")
        return keep_device(response, done.device_token)
    found = password_reset.find_reset(token)
    if found is None:
        return _ended_page(read_continuation())
    words = gettext("The passkey could not be added. Try again.")
    return _reset_page(
        NewPasswordForm(formdata=None), found, token=token, refused=words
    )


@bp.get("/password-reset/done")
def show_done() -> Response:
    """Say that the password is set, and offer the page of the app that asked.

    A browser that has not just set one has nothing to be told.
    """
    if not was_done(Deed.PASSWORD_RESET):
        return redirect_to("/login")
    app = page_of_app(request.args.get("to"))
    if app is None:
        query = {"switch": "1", **receipt_for(Deed.PASSWORD_RESET)}
        return redirect_to(f"/login?{urlencode(query)}")
    return interaction_page("sign_in/password_saved.html", app=app)


def _answer_again(token: str, form: NewPasswordForm) -> Response:
    """Lead on the browser that has set this password; others hear that it is over."""
    done = password_reset.set_again(
        token,
        new_password=form.password.data or "",
        by=browser_digests(),
        device_token=device_token(),
        requester=this_requester(),
    )
    return _led_on(done) if done else _ended_page(read_continuation())


def _led_on(done: CompletedReset) -> Response:
    """Lead on, by a page of ours where an app asked for one of its own."""
    app = page_of_app(done.return_to)
    if app is None:
        return _to_sign_in(done)
    query = urlencode({"to": app.url, **receipt_for(Deed.PASSWORD_RESET)})
    response = redirect_to(f"/password-reset/done?{query}")
    return keep_device(response, done.device_token)


def _to_sign_in(done: CompletedReset) -> Response:
    """Lead to the sign-in page, and on to the client if it waits for this browser."""
    return_to = local_path(done.return_to, default=HOME)
    ahead = Continuation(return_to)
    if ahead.context is None:
        ahead = Continuation(HOME)
    receipt = receipt_for(Deed.PASSWORD_RESET)
    response = redirect_to(ahead.url("/login", switch="1", **receipt))
    return keep_device(response, done.device_token)


def _forgot_page(
    form: EmailForm,
    ahead: Continuation,
    *,
    sent: bool = False,
    refused: str | None = None,
) -> Response:
    """Render the form, or the answer that is the same for every address."""
    return interaction_page(
        "sign_in/forgot_password.html",
        form=form,
        challenge=None if sent else page_challenge(reset_mail_act, form.email.data),
        form_continue=ahead.form_continue,
        client_name=ahead.client_name,
        refused=refused or cookie_trouble(),
        sent_to=form.email.data if sent else None,
        again_url=ahead.url("/forgot-password"),
        login_url=ahead.url("/login"),
    )


def _reset_page(
    form: NewPasswordForm,
    found: Resettable,
    *,
    token: str,
    refused: str | None = None,
) -> Response:
    """Render the form for the account that the link is about."""
    form.username.data = found.user.email
    return interaction_page(
        "sign_in/password_reset.html",
        form=form,
        managed_by=manager_of(found.user),
        token=token,
        refused=refused,
        passkey_allowed=may_have_passkey(found.user),
        password_minimum=current(AccountsSettings).password_min_length,
    )


def _ended_page(ahead: Continuation) -> Response:
    """Say that a link is over, and offer a new one."""
    return interaction_page(
        "sign_in/password_reset.html",
        status=HTTPStatus.BAD_REQUEST,
        form=None,
        managed_by=None,
        forgot_url=ahead.url("/forgot-password"),
    )
