"""/account/security: the ways in, and what guards them."""

from flask import Blueprint, Response

from idp.accounts.addresses.rows import address_keys_of
from idp.accounts.factors.passkeys.registry import list_passkeys
from idp.accounts.sessions.list import list_devices
from idp.accounts.users import get_user
from idp.pages.account.navigation import account_page
from idp.web.browser.session import get_session, login_required

bp = Blueprint("security", __name__)


@bp.get("/account/security")
@login_required
def show_security() -> Response:
    """Show how one signs in here, and where one is signed in."""
    live = get_session()
    user = get_user(live.user_id)
    devices = list_devices(live.user_id, current_session_id=live.id)
    return account_page(
        "account/security.html",
        live,
        email=user.email,
        further_count=len(address_keys_of(user.id)) - 1,
        passkey_count=len(list_passkeys(user.id)),
        has_password=user.password_hash is not None,
        password_changed_at=user.password_changed_at,
        device_count=len(devices),
    )
