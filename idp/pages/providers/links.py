"""/account/links: which other providers open an account."""

from flask import Blueprint, Response, request

from idp.accounts.factors.passkeys.errors import LastWayIn
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.reauthentication import is_fresh
from idp.federation.links.changes import unlink
from idp.federation.links.errors import NoSuchLink
from idp.federation.links.listing import list_linked
from idp.federation.providers.offered import find_offered, list_shown
from idp.federation.sign_in.requests import Ahead
from idp.federation.upstream.authorization import Asked
from idp.pages.account.navigation import account_page
from idp.pages.forms import ConfirmForm
from idp.pages.providers.begin import send_to
from idp.web.browser.reauth_form import confirm_first
from idp.web.browser.session import get_session, login_required, sign_in_browser
from idp.web.callers.requester import this_requester
from idp.web.redirects import redirect_to
from idp.web.unit_of_work import undo

PATH = "/account/links"
bp = Blueprint("provider_links", __name__, url_prefix=PATH)


@bp.get("")
@login_required
def show_links() -> Response:
    """List what is linked, and what can be."""
    live = get_session()
    linked = list_linked(live.user_id)
    known = {each.provider_id for each in linked}
    return account_page(
        "account/links.html",
        live,
        form=ConfirmForm(formdata=None),
        linked=linked,
        others=[each for each in list_shown() if each.id not in known],
        done=request.args.get("done"),
    )


@bp.post("/<provider_id>")
@login_required
def submit_new_link(provider_id: str) -> Response:
    """Go to a provider, to link what comes back; a proof of the last minutes first."""
    live, provider = get_session(), find_offered(provider_id)
    if provider is None:
        return redirect_to(PATH)
    if not is_fresh(live):
        return confirm_first(live, PATH)
    ahead, asked = Ahead(f"{PATH}?done=linked"), Asked()
    return send_to(provider, ahead, asked=asked, user_id=live.user_id)


@bp.post("/<provider_id>/unlink")
@login_required
def submit_unlink(provider_id: str) -> Response:
    """Unlink a provider, after a proof of the last minutes."""
    live = get_session()
    if not is_fresh(live):
        return confirm_first(live, PATH)
    try:
        session = unlink(live, provider_id, requester=this_requester())
    except LastWayIn:
        undo()
        return redirect_to(f"{PATH}?done=last")
    except NoSuchLink:
        undo()
        return redirect_to(PATH)
    return sign_in_browser(redirect_to(f"{PATH}?done=unlinked"), SignedIn(session))
