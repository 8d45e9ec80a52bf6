"""/login/not-me: the owner of an account says that a sign-in was somebody else's."""

from flask import Blueprint, Response, request

from idp.accounts.password.reset import offer_reset
from idp.accounts.sign_in import reports as sign_in_reports
from idp.accounts.users import get_user
from idp.pages.mailed_link import mailed_link_page
from idp.security.user_agent import browser_of
from idp.web.browser.session import sign_out_user
from idp.web.pages import page
from idp.web.redirects import redirect_to
from idp.web.words import browser_name

bp = Blueprint("sign_in_report", __name__, url_prefix="/login/not-me")


@bp.get("")
def show_report() -> Response:
    """Show which sign-in a link is about; only the button does something."""
    return _link_page(request.args.get("token", ""))


@bp.post("")
def submit_report() -> Response:
    """Close the account to everybody, then lead to a new password."""
    token = request.form.get("token", "")
    reported = sign_in_reports.report(token)
    if reported is None:
        return _link_page(token)
    new_password = offer_reset(reported.user_id, mailed_at=reported.signed_in_at)
    if new_password is None:
        return page("sign_in/sign_in_report.html", state="done")
    return sign_out_user(redirect_to(new_password), reported.user_id)


def _link_page(token: str) -> Response:
    """Render the question, or say that the link is over."""
    device = sign_in_reports.find_reportable(token)
    return mailed_link_page(
        "sign_in/sign_in_report.html",
        device,
        token=token,
        account_label=get_user(device.user_id).email if device else None,
        browser=browser_name(browser_of(device.user_agent)) if device else None,
    )
