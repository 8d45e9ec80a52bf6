"""Which apps an account is used in: an extension point for the slice that knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from idp.core.context import current


@dataclass(frozen=True)
class ConnectedApp:
    """An app that a person signed in to; ``uri`` is its home page."""

    name: str
    uri: str | None
    used_at: datetime


class AppDirectory(Protocol):
    """Who knows the apps."""

    def of_user(self, user_id: str) -> Sequence[ConnectedApp]:
        """Return the apps that may use an account, the newest first."""

    def of_session(self, session_id: str) -> Sequence[ConnectedApp]:
        """Return the apps that one browser session signed in to."""


class ConnectedApps:
    """The app's one directory, filled in ``create_app``."""

    def __init__(self, directory: AppDirectory) -> None:
        self.directory = directory


def find_apps_of_user(user_id: str) -> Sequence[ConnectedApp]:
    """Return the apps that may use an account, the newest first."""
    return current(ConnectedApps).directory.of_user(user_id)


def find_apps_of_session(session_id: str) -> Sequence[ConnectedApp]:
    """Return the apps that one browser session signed in to."""
    return current(ConnectedApps).directory.of_session(session_id)
