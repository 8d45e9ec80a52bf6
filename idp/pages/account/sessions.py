"""/account/sessions: the browsers a person is signed in with, and those they trust."""

from contextlib import suppress

from flask import Blueprint, Response, request

from idp.accounts.factors.trusted_browsers import (
    NoSuchTrustedBrowser,
    end_trust,
    list_trusted,
)
from idp.accounts.sessions.list import (
    NoSuchSession,
    end_device,
    end_other_devices,
    list_devices,
)
from idp.pages.account.navigation import account_page
from idp.pages.forms import ConfirmForm
from idp.web.browser import session as web_session
from idp.web.browser.session import get_session, login_required
from idp.web.redirects import redirect_to

bp = Blueprint("session_list", __name__, url_prefix="/account/sessions")

PATH = "/account/sessions"


@bp.get("")
@login_required
def show_sessions() -> Response:
    """List the devices."""
    live = get_session()
    return account_page(
        "account/session_list.html",
        live,
        form=ConfirmForm(),
        devices=list_devices(live.user_id, current_session_id=live.id),
        trusted=list_trusted(live.user_id),
        ended=request.args.get("ended"),
    )


@bp.post("/<device_id>/revoke")
@login_required
def submit_end_one(device_id: str) -> Response:
    """Sign one device out; one that is signed out already stays so."""
    live = get_session()
    try:
        end_device(live.user_id, device_id)
    except NoSuchSession:
        return redirect_to(f"{PATH}?ended=one")
    if device_id == live.id:
        return web_session.sign_out_browser(redirect_to("/logout"))
    return redirect_to(f"{PATH}?ended=one")


@bp.post("/revoke")
@login_required
def submit_end_others() -> Response:
    """Sign out everywhere else."""
    live = get_session()
    end_other_devices(live.user_id, except_session_id=live.id)
    return redirect_to(f"{PATH}?ended=others")


@bp.post("/trusted/<browser_id>/revoke")
@login_required
def submit_end_trust(browser_id: str) -> Response:
    """Ask for the second factor in a browser again, also where that is so already."""
    with suppress(NoSuchTrustedBrowser):
        end_trust(get_session().user_id, browser_id)
    return redirect_to(f"{PATH}?ended=trust")
