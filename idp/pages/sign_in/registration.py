"""/register: create an account."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext

from idp.accounts.errors import (
    EmailTaken,
    InvalidInput,
    RegistrationClosed,
    UsernameTaken,
)
from idp.accounts.factors.passkeys.errors import ChallengeUsedUp, PasskeyNotAllowed
from idp.accounts.factors.passkeys.signals import of_unknown
from idp.accounts.factors.passkeys.verification import id_in
from idp.accounts.policies.keys import PASSKEY
from idp.accounts.policies.ways import sole_provider_at
from idp.accounts.registration import first_passkey
from idp.accounts.registration.admission import (
    Admission,
    AdmissionRefusal,
    Opener,
)
from idp.accounts.registration.first_passkey import FirstPasskey
from idp.accounts.registration.first_session import CheckInbox, SignedUp
from idp.accounts.registration.new_account import evident_problems
from idp.accounts.registration.policy import closed_for, rules_for
from idp.accounts.registration.repeated import sign_up_again
from idp.accounts.registration.sign_up import sign_up, sign_up_act
from idp.accounts.registration.waitlist.letting_in import find_admission
from idp.accounts.settings import AccountsSettings
from idp.core.context import current
from idp.core.errors import FieldError, IdpError, RateLimited
from idp.organizations.invites.opening import admission_of
from idp.pages.continuation import (
    Continuation,
    cookie_trouble,
    read_continuation,
    signed_in_response,
    url_when_signed_in,
)
from idp.pages.forms import (
    RegisterForm,
    show_errors,
    show_further_errors,
)
from idp.pages.passkeys.form import PasskeyForm
from idp.pages.providers.begin import sent_to_sole
from idp.pages.sign_in.check_inbox import check_inbox_page
from idp.pages.sign_in.closed import closed_page
from idp.pages.sign_in.limited import limited, too_many, unchecked
from idp.pages.told_fields import (
    NAMES,
    USERNAME,
    asked_at_sign_up,
    controls_in,
    form_asking,
    wanted_by,
)
from idp.web.browser.cookies import browser_digests, browser_token
from idp.web.browser.session import session_request
from idp.web.callers.challenge import check_form, page_challenge
from idp.web.callers.requester import this_requester
from idp.web.forms import require
from idp.web.pages import interaction_page
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

bp = Blueprint("registration", __name__)
REFUSALS = (
    ChallengeUsedUp,
    EmailTaken,
    InvalidInput,
    RegistrationClosed,
    UsernameTaken,
)


@bp.get("/register")
def show_registration() -> Response:
    """Show the form, or go on at once with the account that is signed in."""
    ahead = read_continuation()
    on = url_when_signed_in(ahead)
    if on:
        return redirect_to(on)
    return _offer(_form(ahead, email=ahead.login_hint), ahead)


@bp.post("/register")
def submit_registration() -> Response:
    """Create the account and lead to the confirmation of its address."""
    ahead = read_continuation()
    form = _form(ahead)
    if "password" not in request.form:  # the sign-in page says who is new here
        return _offer(form, ahead)
    if not form.validate():
        rules = rules_for(_admission(ahead))
        show_further_errors(form, evident_problems(wanted_by(form), rules=rules))
        return _register_page(form, ahead)
    return _signed_up(form, ahead)


@bp.post("/register/passkey/options")
def give_options() -> Response:
    """Give the page's script what makes a passkey for the account that is to be."""
    ahead = read_continuation()
    _require_passkeys(ahead)
    ticket, options = first_passkey.begin(
        wanted_by(_form(ahead)),
        admission=_admission(ahead),
        browser=next(iter(browser_digests()), None),
        requester=this_requester(),
    )
    return jsonify(ticket=ticket, options=options)


@bp.post("/register/passkey")
def submit_passkey() -> Response:
    """Create the account with the passkey that was made, and no password."""
    ahead, made = read_continuation(), PasskeyForm()
    _require_passkeys(ahead)
    form = _form(ahead)
    form.password.validators = []
    if not form.validate():
        return _register_page(form, ahead)
    rules = rules_for(_admission(ahead))
    problems = first_passkey.problems_of(wanted_by(form), rules=rules)
    if problems:
        show_errors(form, problems)
        return _register_page(form, ahead)
    refused = closed_for(_admission(ahead))
    if refused:
        return closed_page(ahead, reason=refused)
    first = first_passkey.judge(
        made.shown(),
        admission=_admission(ahead),
        ticket=made.ticket.data or "",
        browsers=browser_digests(),
        name=gettext("Passkey"),
    )
    if first is None:
        words = gettext("The passkey could not be added. Try again.")
        return _register_page(form, ahead, refused=words)
    return _signed_up(form, ahead, first=first)


def empty_sign_up_page(ahead: Continuation) -> Response:
    """Return the page as it is before anything is typed, whatever was sent."""
    return _offer(_form(ahead, formdata=None), ahead)


def _require_passkeys(ahead: Continuation) -> None:
    """Raise PasskeyNotAllowed where the client that waits takes none."""
    if PASSKEY not in ahead.ways:
        raise PasskeyNotAllowed


def _signed_up(
    form: RegisterForm, ahead: Continuation, *, first: FirstPasskey | None = None
) -> Response:
    """Create the account that was asked for, or say what is wrong with it."""
    unanswered = check_form(sign_up_act, form.email.data)
    if unanswered:
        again = sign_up_again(
            wanted_by(form), request=session_request(), registration=browser_token()
        )
        if again:
            return _led_on(again, form, ahead=ahead)
        seconds = unanswered.retry_after_seconds
        page = _register_page(form, ahead, refused=unchecked(seconds))
        return limited(page, retry_after_seconds=seconds)
    try:
        outcome = sign_up(
            wanted_by(form),
            return_to=ahead.return_to,
            request=session_request(),
            registration=browser_token(),
            admission=_admission(ahead),
            first=first,
        )
    except RateLimited as refusal:
        return _limited_page(form, ahead, seconds=refusal.retry_after_seconds)
    except REFUSALS as refusal:
        undo()
        return _refused_page(refusal, form, ahead=ahead)
    return _led_on(outcome, form, ahead=ahead)


def _led_on(
    outcome: SignedUp | CheckInbox, form: RegisterForm, *, ahead: Continuation
) -> Response:
    """Send who has signed up on, or to the inbox."""
    if isinstance(outcome, CheckInbox):
        return check_inbox_page(ahead, address=form.email.data)
    return signed_in_response(outcome.signed_in, ahead)


def _offer(form: RegisterForm, ahead: Continuation) -> Response:
    """Show the form with what is known already, or what is possible instead."""
    refused = closed_for(_admission(ahead))
    if refused:
        return closed_page(ahead, reason=refused)
    return _register_page(form, ahead)


def _refused_page(
    refusal: IdpError, form: RegisterForm, *, ahead: Continuation
) -> Response:
    """Say what was wrong with a sign-up that has left nothing."""
    if isinstance(refusal, RegistrationClosed):
        return _not_let_in(form, ahead, reason=refusal.reason)
    if isinstance(refusal, ChallengeUsedUp):
        return _register_page(form, ahead, refused=gettext(refusal.title))
    show_errors(form, refusal.errors)
    another_has_it = isinstance(refusal, EmailTaken) and refusal.code == EmailTaken.code
    return _register_page(form, ahead, email_taken=another_has_it)


def _not_let_in(form: RegisterForm, ahead: Continuation, *, reason: str) -> Response:
    """Say on the form what is wrong with the address, else what is possible instead.

    Whose provider is the only way in is sent there.
    """
    if reason == AdmissionRefusal.PROVIDER:
        sole = sole_provider_at(form.email.data)
        return sent_to_sole(sole, ahead) if sole else _register_page(form, ahead)
    if reason == AdmissionRefusal.LINK_USED:
        return _offer(form, ahead)
    if reason not in (AdmissionRefusal.DOMAIN, AdmissionRefusal.OTHER_ADDRESS):
        return closed_page(ahead, reason=reason)
    show_errors(form, [FieldError("email", reason)])
    page = _register_page(form, ahead)
    page.status_code = HTTPStatus.FORBIDDEN
    return page


def _admission(ahead: Continuation) -> Admission:
    """Return what lets this browser in: an invite or a link that leads here, if any."""
    if ahead.invite:
        return admission_of(ahead.invite, client_id=ahead.client_id)
    token = request.values.get("admit", "")
    found = find_admission(token) if token else None
    return found.toward(ahead.goal) if found else ahead.goal


def _form(ahead: Continuation, **values: Any) -> RegisterForm:
    """Return the form, with controls for what policies and attributes ask for."""
    rules = rules_for(_admission(ahead))
    needed, asked = rules.needed_on_pages, asked_at_sign_up(rules)
    form = form_asking(RegisterForm, asked, needed=needed, **values)
    if USERNAME in rules.hidden:
        del form.username
    elif USERNAME in needed:
        require(form.username)
    return form


def _limited_page(form: RegisterForm, ahead: Continuation, *, seconds: int) -> Response:
    """Say how long to wait, with what was typed kept."""
    page = _register_page(form, ahead, refused=too_many(seconds))
    return limited(page, retry_after_seconds=seconds)


def _register_page(
    form: RegisterForm,
    ahead: Continuation,
    *,
    email_taken: bool = False,
    refused: str | None = None,
) -> Response:
    """Render the form; who was let in signs up with the address of that."""
    admission = _admission(ahead)
    asked = asked_at_sign_up(rules_for(admission))
    admit = request.values["admit"] if admission.by is Opener.WAITLIST else None
    if admit:
        form.email.data = admission.address
    return interaction_page(
        "sign_in/register.html",
        form=form,
        names=controls_in(form, NAMES),
        further=[c for c in controls_in(form, asked) if c not in NAMES],
        admit=admit,
        challenge=page_challenge(sign_up_act),
        form_continue=ahead.form_continue,
        client_name=ahead.client_name,
        login_url=ahead.url("/login", **ahead.adding),
        providers=[] if admit else ahead.offered_providers,
        password_minimum=current(AccountsSettings).password_min_length,
        email_taken=email_taken,
        refused=refused or cookie_trouble(),
        passkey_allowed=PASSKEY in ahead.ways,
        signals=of_unknown(id_in(PasskeyForm().shown())),
    )
