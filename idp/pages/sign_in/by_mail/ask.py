"""/login/link: have a link and a code mailed, and sign in by the code."""

from flask import Blueprint, Response
from flask_babel import gettext

from idp.accounts.factors.enrolment import WrongCode
from idp.accounts.mail_limits import sign_in_mail_act
from idp.accounts.policies.keys import MAGIC_LINK
from idp.accounts.sign_in.by_mail.requests import AskedBy, ask
from idp.accounts.sign_in.by_mail.sign_in import (
    AskedElsewhere,
    sign_in_by_mailed_code,
)
from idp.accounts.sign_in.ways.allowed import WayNotAllowed
from idp.core.errors import RateLimited
from idp.federation.sign_in.enforcement import find_enforced
from idp.pages.continuation import (
    Continuation,
    cookie_trouble,
    read_continuation,
    signed_in_response,
    url_when_signed_in,
)
from idp.pages.forms import CodeForm, EmailForm
from idp.pages.providers.begin import send_who_signs_in
from idp.pages.sign_in.limited import limited, too_many, unchecked
from idp.web.browser.cookies import keep_mail, mail_token
from idp.web.browser.session import current_session, session_request
from idp.web.callers.challenge import check_form, page_challenge
from idp.web.callers.requester import this_requester
from idp.web.pages import interaction_page
from idp.web.redirects import redirect_to

bp = Blueprint("mail_sign_in", __name__, url_prefix="/login/link")


@bp.get("")
def show_form() -> Response:
    """Show the form, or go on at once where there is nothing to ask."""
    ahead, live = read_continuation(), current_session()
    on = url_when_signed_in(ahead)
    if on:
        return redirect_to(on)
    if MAGIC_LINK not in ahead.ways:
        return redirect_to(ahead.url("/login"))
    confirming = live.email if live and ahead.reauthenticate else None
    return _form_page(EmailForm(email=ahead.login_hint or confirming), ahead)


@bp.post("")
def submit_form() -> Response:
    """Mail the link and the code; what is said does not depend on the address."""
    ahead, form = read_continuation(), EmailForm()
    if not _names_address(form):
        return _form_page(form, ahead)
    refusal = check_form(sign_in_mail_act, form.email.data)
    if refusal:
        words = unchecked(refusal.retry_after_seconds)
        return _limited_page(form, ahead, refusal=refusal, words=words)
    provider = find_enforced(
        form.email.data, judged_later=True, client_id=ahead.client_id
    )
    if provider:
        return send_who_signs_in(provider, ahead, login=form.email.data)
    try:
        asked = ask(
            form.email.data,
            return_to=ahead.return_to,
            browser_token=mail_token(),
            requester=this_requester(),
            client_id=ahead.client_id,
        )
    except RateLimited as refusal:
        words = too_many(refusal.retry_after_seconds)
        return _limited_page(form, ahead, refusal=refusal, words=words)
    if isinstance(asked, WayNotAllowed):
        return redirect_to(ahead.url("/login"))
    code_form = CodeForm(formdata=None, email=form.email.data)
    return keep_mail(_sent_page(code_form, ahead), asked.browser_token)


@bp.post("/code")
def submit_code() -> Response:
    """Sign in by the code."""
    ahead, form = read_continuation(), CodeForm()
    if not form.validate():
        return _sent_page(form, ahead)
    outcome = sign_in_by_mailed_code(
        form.email.data or "",
        form.code.data,
        by=AskedBy(browser_token=mail_token()),
        request=session_request(),
        client_id=ahead.client_id,
    )
    if isinstance(outcome, WayNotAllowed):
        return redirect_to(ahead.url("/login"))
    if isinstance(outcome, RateLimited):
        seconds = outcome.retry_after_seconds
        page = _sent_page(form, ahead, refused=too_many(seconds))
        return limited(page, retry_after_seconds=seconds)
    if isinstance(outcome, WrongCode | AskedElsewhere):
        form.code.errors = [_words_for(outcome)]
        return _sent_page(form, ahead)
    return signed_in_response(outcome, ahead)


def _names_address(form: EmailForm) -> bool:
    """Tell whether a mail can go there; whoever is known by a username is asked."""
    if not form.validate():
        return False
    if "@" in form.email.data:
        return True
    form.email.errors = [gettext("Enter your email address.")]
    return False


def _words_for(outcome: WrongCode | AskedElsewhere) -> str:
    """Say why a code is not taken."""
    if isinstance(outcome, AskedElsewhere):
        words: str = gettext(
            "This browser has not asked for a code in the last minutes. Enter it in "
            "the browser that has, or ask for a new one here."
        )
    else:
        words = gettext("That code isn’t right, or it has expired.")
    return words


def _limited_page(
    form: EmailForm, ahead: Continuation, *, refusal: RateLimited, words: str
) -> Response:
    """Say how long to wait, with what was typed kept."""
    page = _form_page(form, ahead, refused=words)
    return limited(page, retry_after_seconds=refusal.retry_after_seconds)


def _form_page(
    form: EmailForm, ahead: Continuation, *, refused: str | None = None
) -> Response:
    """Render the form that asks for the address."""
    return interaction_page(
        "sign_in/mail_link.html",
        form=form,
        sent_to=None,
        challenge=page_challenge(sign_in_mail_act, form.email.data),
        form_continue=ahead.form_continue,
        client_name=ahead.client_name,
        refused=refused or cookie_trouble(),
        login_url=ahead.url("/login", **ahead.adding),
    )


def _sent_page(
    form: CodeForm, ahead: Continuation, *, refused: str | None = None
) -> Response:
    """Render the form for the code; it says the same of every address."""
    return interaction_page(
        "sign_in/mail_link.html",
        form=form,
        sent_to=form.email.data,
        challenge=page_challenge(sign_in_mail_act, form.email.data),
        form_continue=ahead.form_continue,
        client_name=ahead.client_name,
        refused=refused,
        again_url=ahead.url("/login/link", **ahead.adding),
    )
