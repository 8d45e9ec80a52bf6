"""Tables of the accounts slice."""

from idp.accounts.models.browser_session import BrowserSession
from idp.accounts.models.one_time_token import OneTimeToken
from idp.accounts.models.user import User

__all__ = ["BrowserSession", "OneTimeToken", "User"]
