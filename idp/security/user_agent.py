"""What people call the browser behind a User-Agent: for mails and session lists.

A few rules for the common ones, in the order that tells them apart: every browser also
claims to be an older one. Nothing is decided by these names.
"""

from flask_babel import gettext

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def describe_user_agent(user_agent: str | None) -> dict[str, str]:
    """Return ``browser`` and ``system``, as far as they are known, in no language."""
    found = {
        "browser": _first_match(user_agent, BROWSERS),
        "system": _first_match(user_agent, SYSTEMS),
    }
    return {part: name for part, name in found.items() if name}


def browser_name(user_agent: str | None) -> str | None:
    """Return a name like ``Firefox on Linux``, or None when there is nothing to say."""
    browser = _first_match(user_agent, BROWSERS)
    system = _first_match(user_agent, SYSTEMS)
    if browser and system:
        named: str = gettext(
            "%(browser)s on %(system)s", browser=browser, system=system
        )
        return named
    return browser or system


def _first_match(
    user_agent: str | None, names: tuple[tuple[str, str], ...]
) -> str | None:
    """Return the name of the first mark that the User-Agent holds."""
    return next((name for mark, name in names if mark in (user_agent or "")), None)
