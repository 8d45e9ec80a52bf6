"""Who is signed in with this browser, as requests for authorization see it."""

from urllib.parse import urlencode

from idp.oauth.authorization.accounts import Accounts
from idp.web.browser.further import further_sessions
from idp.web.browser.session import current_session


def accounts_here() -> Accounts:
    """Return the accounts of this browser; others than the active one when asked."""
    active = current_session()
    return Accounts(active, lambda: further_sessions(active))


def switch_url(return_to: str) -> str:
    """Return where another account goes on: one that is here, or a sign-in."""
    if further_sessions(current_session()):
        return f"/login/select?{urlencode({'return_to': return_to})}"
    return f"/login?{urlencode({'return_to': return_to, 'switch': '1'})}"
