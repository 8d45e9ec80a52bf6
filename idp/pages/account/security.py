"""/account/security: the ways in, and what guards them."""

from flask import Blueprint, Response

from idp.accounts.factors import totp
from idp.accounts.factors.credentials import user_with_credentials
from idp.accounts.sessions.list import list_devices
from idp.accounts.sessions.proofs import asks_second_factor
from idp.accounts.sign_in.ways.managed import manager_of
from idp.pages.account.navigation import account_page
from idp.pages.forms import ConfirmForm
from idp.web.browser.session import get_session, login_required

bp = Blueprint("security", __name__)


@bp.get("/account/security")
@login_required
def show_security() -> Response:
    """Show how one signs in here, and where one is signed in."""
    live = get_session()
    user, held = user_with_credentials(live.user_id)
    devices = list_devices(live.user_id, current_session_id=live.id)
    return account_page(
        "account/security.html",
        live,
        form=ConfirmForm(formdata=None),
        email=user.email,
        further_count=len(held.emails) - 1,
        passkey_count=len(held.passkeys),
        has_password=held.password,
        managed_by=manager_of(user),
        password_changed_at=user.password_changed_at,
        totp_since=totp.in_use_since(user.id) if held.totp else None,
        has_factors=asks_second_factor(live.factors),
        codes_left=held.recovery_codes_left,
        device_count=len(devices),
    )
