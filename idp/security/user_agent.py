"""What people call the browser behind a User-Agent: for mails and session lists.

A few rules for the common ones, in the order that tells them apart: every browser also
claims to be an older one. Nothing is decided by these names.
"""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Browser:
    """What a User-Agent says, in no language; None where there is nothing to say."""

    name: str | None
    system: str | None


def browser_of(user_agent: str | None) -> Browser:
    """Return browser and system by the names that people call them."""
    return Browser(
        _first_match(user_agent, BROWSERS), _first_match(user_agent, SYSTEMS)
    )


def _first_match(
    user_agent: str | None, names: tuple[tuple[str, str], ...]
) -> str | None:
    """Return the name of the first mark that the User-Agent holds."""
    return next((name for mark, name in names if mark in (user_agent or "")), None)
