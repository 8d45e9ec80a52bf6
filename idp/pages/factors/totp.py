"""/account/totp: set up, replace and remove an authenticator app."""

from flask import Blueprint, Response, request

from idp.accounts.factors import totp
from idp.accounts.factors.enrolment import (
    Enrolled,
    WrongCode,
    confirm_totp,
    remove_totp,
    start_totp,
)
from idp.accounts.factors.errors import EmailNotVerified, NoSuchFactor
from idp.accounts.factors.totp import TotpKey
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.reauthentication import is_fresh
from idp.core.errors import RateLimited
from idp.pages.account.navigation import account_page
from idp.pages.continuation import Continuation, read_continuation, restored_path
from idp.pages.factors.form import FactorForm
from idp.pages.factors.qr import qr_path
from idp.pages.factors.recovery_codes import codes_page
from idp.pages.factors.words import WRONG_TOTP, too_many_wrong
from idp.pages.forms import ConfirmForm
from idp.pages.sign_in.limited import limited
from idp.web.browser.csrf import bind_forms_to
from idp.web.browser.reauth_form import confirm_first
from idp.web.browser.session import get_session, login_required, sign_in_browser
from idp.web.callers.requester import this_requester
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

bp = Blueprint("totp_pages", __name__, url_prefix="/account/totp")

PATH, NEW = "/account/totp", "/account/totp/new"


@bp.get("")
@login_required
def show_totp() -> Response:
    """Show whether there is an app, and what can be done about it."""
    live, ahead = get_session(), read_continuation()
    return account_page(
        "account/totp.html",
        live,
        form=ConfirmForm(formdata=None),
        form_continue=ahead.form_continue,
        since=totp.in_use_since(live.user_id),
        email_verified=live.email_verified,
        verify_url=ahead.url("/email-verification", return_to=ahead.url(PATH)),
        done=request.args.get("done"),
    )


@bp.post("")
@login_required
def submit_start() -> Response:
    """Make the key of a new app."""
    live, ahead = get_session(), read_continuation()
    if not is_fresh(live):
        return confirm_first(live, ahead.url(PATH))
    try:
        start_totp(live)
    except EmailNotVerified:
        return redirect_to(ahead.url(PATH))
    return redirect_to(ahead.url(NEW, **ahead.copy_to_send))


@bp.get("/new")
@login_required
def show_new() -> Response:
    """Show the key of the app that is being set up."""
    live, ahead = get_session(), read_continuation()
    if not is_fresh(live):
        return confirm_first(live, ahead.url(NEW))
    new = totp.find_waiting(live.user_id, account=live.email)
    if new is None:
        return redirect_to(ahead.url(PATH))
    return _new_page(FactorForm(formdata=None), ahead, new=new)


@bp.post("/new")
@login_required
def submit_new() -> Response:
    """Let the app count once it shows a code."""
    live, ahead, form = get_session(), read_continuation(), FactorForm()
    if not is_fresh(live):
        return confirm_first(live, ahead.url(NEW))
    new = totp.find_waiting(live.user_id, account=live.email)
    if new is None:
        return redirect_to(ahead.url(PATH))
    if not form.validate():
        return _new_page(form, ahead, new=new)
    try:
        outcome = confirm_totp(live, form.code.data, requester=this_requester())
    except RateLimited as refusal:
        undo()
        return _locked_page(form, ahead, new=new, refusal=refusal)
    if isinstance(outcome, WrongCode):
        form.code.errors = [str(WRONG_TOTP)]
        return _new_page(form, ahead, new=new)
    return _set_up(outcome, ahead)


@bp.post("/remove")
@login_required
def submit_remove() -> Response:
    """Let the app count no more; one that is gone stays so."""
    live, ahead = get_session(), read_continuation()
    if not is_fresh(live):
        return confirm_first(live, PATH)
    onward = redirect_to(ahead.url(PATH, done="removed"))
    try:
        session = remove_totp(live, requester=this_requester())
    except NoSuchFactor:
        undo()
        return onward
    return sign_in_browser(onward, SignedIn(session))


def _set_up(enrolled: Enrolled, ahead: Continuation) -> Response:
    """Show the codes that came with the app, which lead on to what waits."""
    signed_in = SignedIn(enrolled.session)
    if not enrolled.recovery_codes:
        replaced = redirect_to(ahead.url(PATH, done="replaced"))
        return sign_in_browser(replaced, signed_in)
    bind_forms_to(enrolled.session.token)
    onward = restored_path(ahead, signed_in)
    page = codes_page(enrolled.session, enrolled.recovery_codes, onward=onward)
    return sign_in_browser(page, signed_in)


def _new_page(
    form: FactorForm,
    ahead: Continuation,
    *,
    new: TotpKey,
    refused: str | None = None,
) -> Response:
    """Render the key, as a picture and as text, and the form for a code."""
    live = get_session()
    width, path = qr_path(new.url)
    return account_page(
        "account/totp_new.html",
        live,
        form=form,
        form_continue=ahead.form_continue,
        refused=refused,
        new=new,
        qr_width=width,
        qr_path=path,
        account=live.email,
        replaces=totp.in_use_since(live.user_id) is not None,
        cancel_url=ahead.url(PATH),
    )


def _locked_page(
    form: FactorForm, ahead: Continuation, *, new: TotpKey, refusal: RateLimited
) -> Response:
    """Say how long no code is taken."""
    seconds = refusal.retry_after_seconds
    page = _new_page(form, ahead, new=new, refused=too_many_wrong(seconds))
    return limited(page, retry_after_seconds=seconds)
