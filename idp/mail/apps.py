"""The app that somebody was on the way to, as the mail that leads on names it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class MailedApp:
    """What an app is called, its colour, and the path of its logo, served from here."""

    name: str
    colour: str | None = None
    logo: str | None = None


@dataclass(frozen=True)
class WaitingApps:
    """How mails find the app behind the path that their link goes on with.

    Apps stand above mails. ``find`` gives None where none waits that is in use.
    """

    find: Callable[[str], MailedApp | None]
