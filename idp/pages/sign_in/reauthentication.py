"""/account/confirm: prove once more who one is, then go back to what needed it."""

from flask import Blueprint, Response
from flask_babel import gettext

from idp.accounts.sign_in.reauthentication import WrongPassword, confirm
from idp.accounts.users import get_user
from idp.pages.continuation import Continuation, read_continuation, restored_path
from idp.pages.forms import ConfirmPasswordForm
from idp.web.browser.session import get_session, login_required, sign_in_browser
from idp.web.callers.requester import this_requester
from idp.web.pages import page
from idp.web.redirects import redirect_to

bp = Blueprint("reauthentication", __name__)


@bp.get("/account/confirm")
@login_required
def show_reauthentication() -> Response:
    """Ask for the password."""
    return _confirm_page(ConfirmPasswordForm(), read_continuation())


@bp.post("/account/confirm")
@login_required
def submit_reauthentication() -> Response:
    """Judge the password; a right one renews the session."""
    ahead, live, form = read_continuation(), get_session(), ConfirmPasswordForm()
    if not form.validate():
        return _confirm_page(form, ahead)
    outcome = confirm(
        get_user(live.user_id),
        live,
        password=form.password.data,
        requester=this_requester(),
    )
    if isinstance(outcome, WrongPassword):
        form.password.errors = [gettext("This isn’t your password.")]
        return _confirm_page(form, ahead)
    return sign_in_browser(redirect_to(restored_path(ahead, outcome)), outcome)


def _confirm_page(form: ConfirmPasswordForm, ahead: Continuation) -> Response:
    """Render the question, or say what somebody without a password can do."""
    live = get_session()
    form.username.data = live.email
    return page(
        "sign_in/reauthentication.html",
        form=form,
        form_continue=ahead.form_continue,
        has_password=get_user(live.user_id).password_hash is not None,
        cancel_url=ahead.return_to.partition("?")[0],
    )
