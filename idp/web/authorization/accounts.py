"""Who is signed in with this browser, as requests for authorization see it."""

from idp.oauth.authorization.accounts import Accounts
from idp.web.browser.further import further_sessions
from idp.web.browser.session import current_session


def accounts_here() -> Accounts:
    """Return the accounts of this browser; others than the active one when asked."""
    active = current_session()
    return Accounts(active, lambda: further_sessions(active))
