"""/login/second-factor/without: go on with less than an app would like."""

from flask import Blueprint, Response

from idp.accounts.sessions.find import LiveSession
from idp.accounts.sign_in.stages import Stage
from idp.core.randomness import digest
from idp.oauth.authorization.pending import PendingRequest
from idp.oauth.authorization.questions import may_go_without, store_without
from idp.pages.continuation import Continuation, read_continuation
from idp.web.browser.cookies import browser_token
from idp.web.browser.session import current_session
from idp.web.redirects import redirect_to

PATH = f"{Stage.SECOND_FACTOR.value}/without"

bp = Blueprint("without_second_factor", __name__, url_prefix=PATH)


@bp.post("")
def submit_without() -> Response:
    """Go on with the request that waits, as far as the session reaches."""
    ahead, live = read_continuation(), current_session()
    if live is not None and ahead.device:
        return redirect_to(ahead.device.path_without)
    if live is None or not isinstance(ahead.pending, PendingRequest):
        return redirect_to(ahead.url(Stage.SECOND_FACTOR.value))
    browser = digest(browser_token())
    kept = store_without(ahead.pending, session=live, browser=browser)
    return redirect_to(kept.path if kept else ahead.return_to)


def goes_without(ahead: Continuation, *, live: LiveSession) -> bool:
    """Tell whether the page of what a session lacks offers that: nobody insists."""
    if isinstance(ahead.pending, PendingRequest):
        return may_go_without(ahead.pending, session=live)
    return ahead.device is not None and ahead.device.may_go_without(live)
