"""/account: the first page of a person's account, and the ways to it."""

from http import HTTPStatus

from flask import Blueprint, Response

from idp.accounts.factors.credentials import user_with_credentials
from idp.accounts.factors.passkeys import signals
from idp.accounts.sessions.proofs import asks_second_factor
from idp.oauth.authorization.connected_apps import find_apps_of_user
from idp.pages.account.navigation import account_page
from idp.web.browser.session import get_session, login_required
from idp.web.redirects import redirect_to

bp = Blueprint("account", __name__)


@bp.get("/account")
@login_required
def show_account() -> Response:
    """Show who one is here, which apps use the account, and what would guard it."""
    live = get_session()
    _, held = user_with_credentials(live.user_id)
    two_steps = asks_second_factor(live.factors)
    return account_page(
        "account/home.html",
        live,
        user=live,
        signed_in_at=live.auth_time,
        apps=find_apps_of_user(live.user_id),
        codes_left=held.recovery_codes_left if two_steps else None,
        by_password_alone=not (live.factors or held.passkeys),
        signals=[signals.of_user(live)],
    )


@bp.get("/")
def show_front_door() -> Response:
    """Lead to the account: this server has no other front page."""
    return redirect_to("/account", status=HTTPStatus.FOUND)


@bp.get("/.well-known/change-password")
def show_change_password() -> Response:
    """Lead password managers to the form (W3C Change Password URL)."""
    return redirect_to("/account/password", status=HTTPStatus.FOUND)
