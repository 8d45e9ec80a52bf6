"""Who sends this request, as rules take it."""

from flask_babel import get_locale

from idp.core.context import running_caller
from idp.security.requester import Requester


def this_requester() -> Requester:
    """Return the network side of this request, and the language of its pages."""
    who = running_caller()
    return Requester(who.ip, who.user_agent, str(get_locale()))
