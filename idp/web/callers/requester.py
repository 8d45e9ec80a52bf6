"""Who sends this request, as rules take it."""

from flask import request
from flask_babel import get_locale

from idp.administration.attention import Arrival
from idp.core.context import running_caller
from idp.security.requester import Requester


def this_requester() -> Requester:
    """Return the network side of this request, and the language of its pages."""
    who = running_caller()
    return Requester(who.ip, who.user_agent, str(get_locale()))


def this_arrival() -> Arrival:
    """Return from which peer this request came, and for whom by its word."""
    return Arrival(
        request.environ.get("REMOTE_ADDR"), request.headers.get("X-Forwarded-For")
    )
