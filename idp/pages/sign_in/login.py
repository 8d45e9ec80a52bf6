"""/login: sign in, or confirm who one is."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from flask import Blueprint, Response, request
from flask_babel import gettext

from idp.accounts.factors.passkeys.signals import Signal
from idp.accounts.lifecycle.undo import offer_undo
from idp.accounts.policies.keys import MAGIC_LINK, PASSWORD, WAITLIST
from idp.accounts.registration.policy import sign_up_mode
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.limits import sign_in_act
from idp.accounts.sign_in.password import (
    METHOD_NOT_ALLOWED,
    PendingDeletion,
    Refused,
)
from idp.accounts.sign_in.pending import FactorRequired
from idp.accounts.sign_in.ways.allowed import AccountPending
from idp.accounts.sign_in.ways.discovery import (
    Discovered,
    asks_who_first,
    discover_on_page,
)
from idp.accounts.sign_in.ways.managed import DirectoryAway
from idp.core.errors import RateLimited
from idp.federation.sign_in.by_password import (
    DirectoryRefused,
    Here,
    sign_in_by_password,
)
from idp.federation.sign_in.directories import find_route
from idp.federation.sign_in.enforcement import find_enforced
from idp.federation.sign_in.outcomes import GoesElsewhere, Waits
from idp.federation.sign_in.requests import Ahead
from idp.pages.continuation import (
    Continuation,
    cookie_trouble,
    read_continuation,
    signed_in_response,
    url_when_signed_in,
)
from idp.pages.forms import LoginForm
from idp.pages.passkeys.offer import offered_response
from idp.pages.providers.begin import send_who_signs_in, send_who_was_refused
from idp.pages.providers.outcome import outcome_response
from idp.pages.providers.words import words_of
from idp.pages.sign_in.closed import AWAITS_APPROVAL
from idp.pages.sign_in.limited import away, limited, unchecked
from idp.security.challenge.guard import Challenge
from idp.web.authorization.accounts import switch_url
from idp.web.browser.cookies import away_token, browser_token, keep_provider
from idp.web.browser.further import further_sessions
from idp.web.browser.receipts import Deed, was_done
from idp.web.browser.session import current_session, session_request
from idp.web.callers.challenge import check_form, page_challenge
from idp.web.callers.requester import this_requester
from idp.web.pages import interaction_page
from idp.web.problems import words_for
from idp.web.redirects import redirect_to
from idp.web.words import instead_of_password

bp = Blueprint("login", __name__)


class Step(StrEnum):
    """What a page of the sign-in asks for."""

    BOTH = "both"
    NAME = "name"
    PASSWORD = "password"  # noqa: S105 - a step, no secret


@bp.get("/login")
def show_login() -> Response:
    """Show the form, or go on at once where there is nothing to ask.

    Where the page asks first who signs in, ``by=password`` asks for both: owners whose
    domain is enforced get in so.
    """
    ahead = read_continuation()
    switching = "switch" in request.args
    on = url_when_signed_in(ahead)
    if on:
        return redirect_to(on)
    if not switching and _may_choose(ahead):
        return redirect_to(ahead.url("/login/select"))
    login = ahead.login_hint if switching else _expected_login(ahead)
    step = Step.BOTH if request.args.get("by") == PASSWORD else None
    return login_page(LoginForm(username=login), ahead, step=step)


@bp.post("/login")
def submit_login() -> Response:
    """Judge a password attempt."""
    ahead, form = read_continuation(), LoginForm()
    login = form.username.data or ""
    provider = find_enforced(
        login, judged_later=bool(form.password.data), client_id=ahead.client_id
    )
    if provider:
        return send_who_signs_in(provider, ahead, login=login)
    if asks_who_first(ahead.client_id) and "password" not in request.form:
        return _second_page(form, ahead)
    if not form.validate():
        return login_page(form, ahead)
    refusal = check_form(sign_in_act, form.username.data)
    if refusal:
        seconds = refusal.retry_after_seconds
        page = login_page(form, ahead, refused=unchecked(seconds))
        return limited(page, retry_after_seconds=seconds)
    return _judge(form, ahead)


def login_page(
    form: LoginForm,
    ahead: Continuation,
    *,
    refused: str | None = None,
    step: Step | None = None,
    signals: Sequence[Signal] = (),
    found: Discovered | None = None,
) -> Response:
    """Render the form; who is signed in confirms it or switches to another account.

    Of a sign-in in two pages it is the first that is asked for, and the second that
    is sent: with what was ``found`` of who was named there.
    """
    live = current_session()
    confirming = live is not None and form.username.data == live.email
    reauthenticate = ahead.reauthenticate and confirming
    ways, adding = found.ways if found else ahead.ways, ahead.adding
    step = Step.BOTH if reauthenticate else _step_of(ahead, step)
    return interaction_page(
        "sign_in/login.html",
        challenge=_challenge(form, ways, step=step),
        form=form,
        form_continue=ahead.form_continue,
        client_name=ahead.client_name,
        refused=refused or cookie_trouble(),
        reauthenticate=reauthenticate,
        ways=ways,
        exists=found.exists if found else None,
        no_password=None if PASSWORD in ahead.ways else instead_of_password(ahead.ways),
        providers=ahead.providers_for(_named(form)),
        signals=signals,
        step=step,
        switch_url=switch_url(ahead.return_to),
        sign_up=_sign_up(ahead),
        mail_url=ahead.url("/login/link", **adding) if MAGIC_LINK in ways else None,
        forgot_url=ahead.url("/forgot-password"),
        password_reset=was_done(Deed.PASSWORD_RESET),
        late=request.method == "GET" and "late" in request.args,
    )


def _named(form: LoginForm) -> str | None:
    """Return who was named on the page that was sent, in one step or the first."""
    return form.username.data if request.method == "POST" else None


def _sign_up(ahead: Continuation) -> dict[str, str]:
    """Return who may sign up, and where they do."""
    mode = sign_up_mode(ahead.goal)
    path = "/register/waitlist" if mode == WAITLIST else "/register"
    return {"mode": mode, "url": ahead.url(path, **ahead.adding)}


def _step_of(ahead: Continuation, step: Step | None) -> Step:
    """Return what a page asks for, by how it was asked for where that is not said."""
    if not asks_who_first(ahead.client_id):
        return Step.BOTH
    return step or (Step.PASSWORD if request.method == "POST" else Step.NAME)


def _challenge(
    form: LoginForm, ways: Collection[str], *, step: Step
) -> Challenge | None:
    """Return what a form with a password has to ask for besides."""
    if step is Step.NAME or PASSWORD not in ways:
        return None
    return page_challenge(sign_in_act, form.username.data)


def _second_page(form: LoginForm, ahead: Continuation) -> Response:
    """Show the ways in of who was named, which is asked for again if nobody was."""
    if not form.username.validate(form):
        return login_page(form, ahead, step=Step.NAME)
    if find_route(form.username.data):  # a directory has the password
        return login_page(form, ahead, step=Step.PASSWORD)
    found = discover_on_page(
        form.username.data, requester=this_requester(), client_id=ahead.client_id
    )
    return login_page(form, ahead, step=Step.PASSWORD, found=found)


def _judge(form: LoginForm, ahead: Continuation) -> Response:
    """Judge a filled form, and go on with what came of it."""
    browser = away_token()
    onward = Ahead(ahead.return_to, ahead.form_continue["request"])
    outcome = sign_in_by_password(
        login=form.username.data,
        password=form.password.data,
        request=session_request(remember=form.remember.data),
        client_id=ahead.client_id,
        here=Here(browser, onward, browser_token(), ahead.goal),
    )
    if isinstance(outcome, SignedIn | FactorRequired):
        answer = offered_response if form.passkeys.data else signed_in_response
        return answer(outcome, ahead)
    if isinstance(outcome, AccountPending):
        return redirect_to(AWAITS_APPROVAL)
    if isinstance(outcome, GoesElsewhere):
        return send_who_was_refused(outcome.provider, ahead)
    if isinstance(outcome, Waits):
        return keep_provider(outcome_response(outcome), browser)
    if isinstance(outcome, DirectoryAway | DirectoryRefused):
        return _refused_by_directory(outcome, form, ahead=ahead)
    return _refused(outcome, form, ahead=ahead)


def _refused(
    outcome: PendingDeletion | Refused | RateLimited,
    form: LoginForm,
    *,
    ahead: Continuation,
) -> Response:
    """Answer an attempt that signs nobody in."""
    if isinstance(outcome, RateLimited):
        return _limited_page(form, ahead, seconds=outcome.retry_after_seconds)
    undo = offer_undo(outcome.user_id) if isinstance(outcome, PendingDeletion) else None
    if undo:
        return redirect_to(undo.path)
    if isinstance(outcome, Refused) and outcome.code == METHOD_NOT_ALLOWED:
        words = instead_of_password(outcome.ways)
        return login_page(form, ahead, refused=words)
    words = gettext(
        "The email or password isn’t right. Check both, or reset your password."
    )
    return login_page(form, ahead, refused=words)


def _refused_by_directory(
    outcome: DirectoryAway | DirectoryRefused, form: LoginForm, *, ahead: Continuation
) -> Response:
    """Say that a directory is away, or why its user has no account here."""
    if isinstance(outcome, DirectoryRefused):
        words = words_of(outcome.reason, outcome.provider_name)
        return login_page(form, ahead, refused=words)
    page = login_page(form, ahead, refused=words_of("away", outcome.provider_name))
    return away(page, outcome)


def _limited_page(form: LoginForm, ahead: Continuation, *, seconds: int) -> Response:
    """Say how long to wait, with what was typed kept."""
    words = gettext(
        "Too many tries. Wait %(time)s, or reset your password.",
        time=words_for(seconds),
    )
    page = login_page(form, ahead, refused=words)
    return limited(page, retry_after_seconds=seconds)


def _may_choose(ahead: Continuation) -> bool:
    """Tell whether nobody is active here but accounts are left to go on with."""
    if current_session() or ahead.wants_fresh_proof or was_done(Deed.PASSWORD_RESET):
        return False
    return bool(further_sessions(None))


def _expected_login(ahead: Continuation) -> str | None:
    """Return what the form begins with: whom the app expects, else who is signed in."""
    live = current_session()
    if live and ahead.login_hint in (None, live.email, live.username):
        return live.email
    return ahead.login_hint
