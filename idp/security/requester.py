"""Who asked for something, in the words of a mail: a browser, and roughly where."""

from flask_babel import gettext

from idp.security.caller import caller
from idp.security.networks import network_name
from idp.security.user_agent import browser_name


def asker_name(user_agent: str | None, ip: str | None) -> str | None:
    """Return words like ``Firefox on Linux (203.0.x.x)``; None in commands."""
    browser, network = browser_name(user_agent), network_name(ip)
    if network is None:
        return browser
    name = browser or gettext("a program")
    return f"{name} ({network})"


def this_asker_name() -> str | None:
    """Return the words for the current request."""
    who = caller()
    return asker_name(who.user_agent, who.ip)
