"""/account/password: set one's own password."""

from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext

from idp.accounts.errors import InvalidInput
from idp.accounts.factors.passkeys.errors import LastWayIn
from idp.accounts.factors.passkeys.ways_in import opens_without_password
from idp.accounts.password.change import change_password, needs_current_password
from idp.accounts.password.removal import NoPassword, remove_password
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.proofs import asks_second_factor
from idp.accounts.settings import AccountsSettings
from idp.accounts.sign_in.reauthentication import (
    ReauthenticationRequired,
    WrongPassword,
    is_fresh,
)
from idp.accounts.sign_in.ways.managed import manager_of
from idp.accounts.users import get_user
from idp.core.context import current
from idp.pages.account.navigation import account_page
from idp.pages.continuation import HOME, Continuation, read_continuation, restored_path
from idp.pages.forms import PasswordForm, show_errors
from idp.web.browser.reauth_form import confirm_first
from idp.web.browser.session import get_session, login_required, sign_in_browser
from idp.web.callers.requester import this_requester
from idp.web.pages import interaction_page
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

PATH = "/account/password"

bp = Blueprint("password_change", __name__)


@bp.get(PATH)
@login_required
def show_password() -> Response:
    """Show the form, to who needs a second factor after that was shown."""
    live, ahead = get_session(), read_continuation()
    if asks_second_factor(live.factors) and not is_fresh(live):
        return confirm_first(live, ahead.url(PATH, **ahead.copy_to_send))
    return _password_page(PasswordForm(), ahead, live=live)


@bp.post(PATH)
@login_required
def submit_password() -> Response:
    """Set the password and go on with what waits."""
    ahead, live, form = read_continuation(), get_session(), PasswordForm()
    if not form.validate():
        return _password_page(form, ahead, live=live)
    try:
        outcome = change_password(
            live,
            new_password=form.password.data,
            current_password=form.current_password.data,
            requester=this_requester(),
        )
    except InvalidInput as refusal:
        undo()
        show_errors(form, refusal.errors)
        return _password_page(form, ahead, live=live)
    except ReauthenticationRequired:
        return confirm_first(live, ahead.url(PATH, **ahead.copy_to_send))
    if isinstance(outcome, WrongPassword):
        form.current_password.errors = [gettext("This isn’t your current password.")]
        return _password_page(form, ahead, live=live)
    at_home = ahead.return_to == HOME and not live.must_change_password
    changed = f"{PATH}?changed=1"
    path = changed if at_home else restored_path(ahead, outcome)
    return sign_in_browser(redirect_to(path), outcome)


@bp.post("/account/password/remove")
@login_required
def submit_removal() -> Response:
    """Go without a password, after a proof of the last minutes."""
    live = get_session()
    if not is_fresh(live):
        return confirm_first(live, PATH)
    try:
        outcome = remove_password(live, requester=this_requester())
    except (LastWayIn, NoPassword):
        undo()
        return redirect_to(PATH)
    return sign_in_browser(redirect_to(f"{PATH}?removed=1"), outcome)


def _password_page(
    form: PasswordForm, ahead: Continuation, *, live: LiveSession
) -> Response:
    """Render the form: as a step on the way to ``return_to``, or as an account page."""
    form.username.data, user = live.email, get_user(live.user_id)
    context: dict[str, Any] = {
        "form": form,
        "form_continue": ahead.form_continue,
        "asks_current": needs_current_password(live),
        "has_password": user.password_hash is not None,
        "managed_by": manager_of(user),
        "password_minimum": current(AccountsSettings).password_min_length,
    }
    interrupts = live.must_change_password or ahead.return_to != HOME
    if interrupts and context["managed_by"] is None:
        return interaction_page(
            "sign_in/own_password.html",
            client_name=ahead.client_name,
            known_to_others=live.must_change_password,
            **context,
        )
    return account_page(
        "account/password_change.html",
        live,
        changed="changed" in request.args,
        removed="removed" in request.args,
        may_remove=context["has_password"] and opens_without_password(user),
        **context,
    )
