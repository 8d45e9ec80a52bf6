"""/account/recovery-codes: see how many are left, make new ones, save them."""

import re
from collections.abc import Sequence

from flask import Blueprint, Response, make_response, render_template, request

from idp.accounts.factors import recovery_codes
from idp.accounts.factors.enrolment import make_recovery_codes
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.proofs import asks_second_factor
from idp.accounts.sign_in.reauthentication import is_fresh
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.pages.account.navigation import account_page
from idp.pages.continuation import HOME
from idp.pages.forms import ConfirmForm
from idp.web.browser.reauth_form import confirm_first
from idp.web.browser.session import continue_url, get_session, login_required
from idp.web.callers.requester import this_requester
from idp.web.redirects import redirect_to

bp = Blueprint("recovery_code_pages", __name__, url_prefix="/account/recovery-codes")

PATH, SECURITY = "/account/recovery-codes", "/account/security"
FILE_NAME = "recovery-codes.txt"
CODE = re.compile("[A-Z0-9]{5}-[A-Z0-9]{5}")


@bp.get("")
@login_required
def show_recovery_codes() -> Response:
    """Show how many are left; the codes themselves are kept nowhere."""
    live = get_session()
    if not asks_second_factor(live.factors):
        return redirect_to(SECURITY)
    return account_page(
        "account/recovery_codes.html",
        live,
        form=ConfirmForm(formdata=None),
        left=recovery_codes.count_left(live.user_id),
        made_at=recovery_codes.made_at(live.user_id),
    )


@bp.post("")
@login_required
def submit_recovery_codes() -> Response:
    """Make ten new ones, and show them this once."""
    live = get_session()
    if not asks_second_factor(live.factors):
        return redirect_to(SECURITY)
    if not is_fresh(live):
        return confirm_first(live, PATH)
    made = make_recovery_codes(live, requester=this_requester())
    return codes_page(live, made, onward=HOME)


@bp.post("/download")
@login_required
def submit_download() -> Response:
    """Give the codes of the page back as a file: without scripts nothing else does."""
    codes = CODE.findall(request.form.get("codes", ""))[: recovery_codes.HOW_MANY]
    if not codes:
        return redirect_to(PATH)
    text = render_template(
        "account/recovery_codes.txt",
        codes=codes,
        account=get_session().email,
        issuer_url=current(ServerSettings).issuer,
        made_at=utcnow(),
    )
    response = make_response(text)
    response.content_type = "text/plain; charset=utf-8"
    disposition = f'attachment; filename="{FILE_NAME}"'
    response.headers["Content-Disposition"] = disposition
    return response


def codes_page(live: LiveSession, codes: Sequence[str], *, onward: str) -> Response:
    """Render codes that were just made, and lead on; nothing shows them again."""
    return account_page(
        "account/recovery_codes_made.html",
        live,
        form=ConfirmForm(formdata=None),
        codes=codes,
        continue_url=continue_url(live, SECURITY if onward == HOME else onward),
    )
