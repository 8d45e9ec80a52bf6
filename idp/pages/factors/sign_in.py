"""/login/second-factor: finish a sign-in that waits for its second factor."""

from http import HTTPStatus

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext

from idp.accounts.factors.enrolment import WrongCode
from idp.accounts.sessions.proofs import Method
from idp.accounts.sign_in.second_factor.finish import SignInOver
from idp.accounts.sign_in.stages import Stage
from idp.core.errors import RateLimited
from idp.pages.continuation import (
    Continuation,
    read_continuation,
    signed_in_response,
    url_when_signed_in,
)
from idp.pages.factors.form import FactorForm
from idp.pages.factors.step import FactorStep, find_step
from idp.pages.factors.without import goes_without
from idp.pages.factors.words import (
    WRONG_EMAIL_CODE,
    WRONG_RECOVERY_CODE,
    WRONG_TOTP,
    too_many_here,
)
from idp.pages.passkeys.form import PasskeyForm
from idp.pages.sign_in.limited import limited
from idp.web.pages import interaction_page
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

PATH = Stage.SECOND_FACTOR.value
WRONG = {
    Method.TOTP: WRONG_TOTP,
    Method.RECOVERY_CODE: WRONG_RECOVERY_CODE,
    Method.EMAIL_CODE: WRONG_EMAIL_CODE,
}

bp = Blueprint("second_factor", __name__, url_prefix=PATH)


@bp.get("")
def show_second_factor() -> Response:
    """Ask for what is due, or go on where nothing is."""
    ahead = read_continuation()
    step = find_step(ahead)
    if step is None:
        return _ended(ahead)
    method = step.method_named(request.args.get("method"))
    return _step_page(FactorForm(method=method.value), ahead, step=step)


@bp.post("")
def submit_second_factor() -> Response:
    """Judge a code."""
    ahead, form = read_continuation(), FactorForm()
    step = find_step(ahead)
    if step is None:
        return _ended(ahead)
    method = step.method_named(form.method.data)
    form.method.data = method.value
    if method not in WRONG or not form.validate():
        return _step_page(form, ahead, step=step)
    try:
        outcome = step.prove(method, code=form.code.data, trust=form.trust.data)
    except RateLimited as refusal:
        undo()
        return _locked_page(form, ahead, step=step, refusal=refusal)
    if isinstance(outcome, SignInOver):
        return _ended(ahead)
    if isinstance(outcome, WrongCode):
        form.code.errors = [str(WRONG[method])]
        return _step_page(form, ahead, step=step)
    return signed_in_response(outcome, ahead)


@bp.post("/mail")
def submit_mail() -> Response:
    """Mail a code, then ask for it."""
    ahead = read_continuation()
    step = find_step(ahead)
    if step is None:
        return _ended(ahead)
    method = Method.EMAIL_CODE.value
    try:
        step.mail_code(return_to=ahead.return_to)
    except RateLimited as refusal:
        undo()
        form = FactorForm(formdata=None, method=method)
        return _locked_page(form, ahead, step=step, refusal=refusal)
    return redirect_to(ahead.url(PATH, method=method))


@bp.post("/options")
def give_options() -> Response:
    """Give the page's script what asks for a passkey; nothing where none is due."""
    step = find_step(read_continuation())
    asked = step.passkey_options() if step else None
    if asked is None:
        return Response(status=HTTPStatus.CONFLICT)
    ticket, options = asked
    return jsonify(ticket=ticket, options=options)


@bp.post("/passkey")
def submit_passkey() -> Response:
    """Judge what a passkey has signed."""
    ahead, form = read_continuation(), PasskeyForm()
    step = find_step(ahead)
    if step is None:
        return _ended(ahead)
    outcome = step.prove_by_passkey(
        form.shown(), ticket=form.ticket.data or "", trust=form.trust.data
    )
    if isinstance(outcome, SignInOver):
        return _ended(ahead)
    if isinstance(outcome, WrongCode):
        words = gettext("No passkey was used. Try again or use another way.")
        method = step.method_named(Method.PASSKEY.value)
        empty = FactorForm(formdata=None, method=method.value)
        return _step_page(empty, ahead, step=step, refused=words)
    return signed_in_response(outcome, ahead)


def _ended(ahead: Continuation) -> Response:
    """Lead on who is signed in, else to the sign-in page, which says why."""
    late = ahead.url("/login", late="1", **ahead.copy_to_send)
    return redirect_to(url_when_signed_in(ahead) or late)


def _step_page(
    form: FactorForm,
    ahead: Continuation,
    *,
    step: FactorStep,
    refused: str | None = None,
) -> Response:
    """Render the form of one way, and the other ways there are."""
    chosen, live = Method(form.method.data), step.session
    others = [method for method in step.methods if method is not chosen]
    return interaction_page(
        "sign_in/second_factor.html",
        form=form,
        form_continue=ahead.form_continue,
        client_name=ahead.client_name,
        refused=refused,
        method=chosen.value,
        account_label=step.user.email,
        code_sent=chosen is not Method.EMAIL_CODE or step.is_code_sent(),
        trust_days=step.days_of_trust,
        others=[
            (method.value, ahead.url(PATH, method=method.value)) for method in others
        ],
        switch_url=ahead.url("/login", switch="1"),
        goes_without=live is not None and goes_without(ahead, live=live),
    )


def _locked_page(
    form: FactorForm, ahead: Continuation, *, step: FactorStep, refusal: RateLimited
) -> Response:
    """Say how long this way takes no code; the others do."""
    seconds = refusal.retry_after_seconds
    page = _step_page(form, ahead, step=step, refused=too_many_here(seconds))
    return limited(page, retry_after_seconds=seconds)
