"""/account/confirm: prove once more who one is, then go back to what needed it."""

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext

from idp.accounts.factors.enrolment import WrongCode
from idp.accounts.sessions.proofs import Method
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.reauthentication import WrongPassword, confirm, methods_of
from idp.accounts.sign_in.second_factor.passkey import begin_to_prove
from idp.accounts.sign_in.second_factor.step_up import (
    step_up_by_code,
    step_up_by_passkey,
)
from idp.accounts.sign_in.ways.managed import DirectoryAway
from idp.accounts.users import get_user
from idp.core.errors import RateLimited
from idp.pages.continuation import Continuation, read_continuation, restored_path
from idp.pages.factors.form import FactorForm
from idp.pages.factors.words import WRONG_RECOVERY_CODE, WRONG_TOTP, too_many_here
from idp.pages.forms import ConfirmPasswordForm
from idp.pages.passkeys.form import PasskeyForm
from idp.pages.providers.words import words_of
from idp.pages.sign_in.limited import away, limited
from idp.web.browser.session import get_session, login_required, sign_in_browser
from idp.web.callers.requester import this_requester
from idp.web.forms import PageForm
from idp.web.offered_providers import linked_providers
from idp.web.pages import page
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

PATH = "/account/confirm"
FORMS: dict[Method, type[ConfirmPasswordForm | FactorForm | PasskeyForm]] = {
    Method.PASSWORD: ConfirmPasswordForm,
    Method.TOTP: FactorForm,
    Method.RECOVERY_CODE: FactorForm,
    Method.PASSKEY: PasskeyForm,
}

bp = Blueprint("reauthentication", __name__)


@bp.get(PATH)
@login_required
def show_reauthentication() -> Response:
    """Ask for the best that the user has; there are links to the other ways."""
    method = _chosen(request.args.get("method"))
    return _confirm_page(_form_of(method), read_continuation(), method=method)


@bp.post(PATH)
@login_required
def submit_reauthentication() -> Response:
    """Judge what is shown; the right thing renews the session."""
    ahead, method = read_continuation(), _chosen(request.form.get("method"))
    form = _form_of(method)
    if method is None or not form.validate():
        return _confirm_page(form, ahead, method=method)
    try:
        outcome = _judge(form, method)
    except RateLimited as refusal:
        undo()
        seconds = refusal.retry_after_seconds
        words = too_many_here(seconds)
        asked = _confirm_page(form, ahead, method=method, refused=words)
        return limited(asked, retry_after_seconds=seconds)
    except DirectoryAway as refusal:
        undo()
        words = words_of("away", refusal.provider_name)
        asked = _confirm_page(form, ahead, method=method, refused=words)
        return away(asked, refusal)
    if isinstance(outcome, SignedIn):
        path = restored_path(ahead, outcome)
        return sign_in_browser(redirect_to(path), outcome)
    refused = _show_wrong(form, method)
    return _confirm_page(form, ahead, method=method, refused=refused)


@bp.post(f"{PATH}/passkey/options")
@login_required
def give_options() -> Response:
    """Give the page's script what to ask an authenticator with."""
    live = get_session()
    ticket, options = begin_to_prove(live.user_id, bound_to=live.id)
    return jsonify(ticket=ticket, options=options)


def _chosen(name: str | None) -> Method | None:
    """Return the way that was chosen, or the best; None where there is none."""
    ways = methods_of(get_user(get_session().user_id))
    named = (way for way in ways if way.value == name)
    return next(named, ways[0] if ways else None)


def _form_of(method: Method | None) -> ConfirmPasswordForm | FactorForm | PasskeyForm:
    """Return the form of a way."""
    return FORMS[method or Method.PASSWORD]()


def _judge(
    form: PageForm, method: Method
) -> SignedIn | WrongPassword | WrongCode | None:
    """Judge what a user shows. Raises RateLimited."""
    live, requester = get_session(), this_requester()
    if isinstance(form, PasskeyForm):
        shown, ticket = form.shown(), form.ticket.data or ""
        return step_up_by_passkey(live, shown, ticket=ticket, requester=requester)
    if isinstance(form, FactorForm):
        code = form.code.data
        return step_up_by_code(live, method, code=code, requester=requester)
    password = form.password.data
    return confirm(live, password=password, requester=requester)


def _show_wrong(form: PageForm, method: Method) -> str | None:
    """Say at its field what is wrong; return what there is no field for."""
    if isinstance(form, PasskeyForm):
        return str(gettext("No passkey was used. Try again or use another way."))
    if isinstance(form, FactorForm):
        by_app = method is Method.TOTP
        form.code.errors = [str(WRONG_TOTP if by_app else WRONG_RECOVERY_CODE)]
    else:
        form.password.errors = [gettext("This isn’t your password.")]
    return None


def _confirm_page(
    form: PageForm,
    ahead: Continuation,
    *,
    method: Method | None,
    refused: str | None = None,
) -> Response:
    """Render the question, or say what somebody without any way can do."""
    live = get_session()
    if isinstance(form, ConfirmPasswordForm):
        form.username.data = live.email
    ways = methods_of(get_user(live.user_id))
    others = [way.value for way in ways if way is not method]
    return page(
        "sign_in/reauthentication.html",
        form=form,
        form_continue=ahead.form_continue,
        refused=refused,
        method=method.value if method else None,
        others=[(way, ahead.url(PATH, method=way)) for way in others],
        providers=linked_providers(live.user_id),
        cancel_url=ahead.return_to.partition("?")[0],
    )
