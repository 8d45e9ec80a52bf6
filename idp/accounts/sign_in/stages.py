"""What still stands between a first proof of identity and the page behind it."""

from enum import Enum
from typing import Protocol
from urllib.parse import urlencode


class Stage(Enum):
    """Something a person has to do before going on, by the path of its page."""

    PASSWORD = "/account/password"  # noqa: S105 - a path
    EMAIL = "/email-verification"


class Person(Protocol):
    """Whoever has signed in: a live session or the outcome of a sign-in."""

    @property
    def email_verified(self) -> bool:
        """Tell whether the address was confirmed."""

    @property
    def must_change_password(self) -> bool:
        """Tell whether the password was handed out by somebody else."""


def next_stage(person: Person, *, require_verified_email: bool) -> Stage | None:
    """Return what is to be done next, or None when the way is free.

    The password comes first: one that another person has seen protects nothing.
    """
    if person.must_change_password:
        return Stage.PASSWORD
    if require_verified_email and not person.email_verified:
        return Stage.EMAIL
    return None


def stage_url(stage: Stage, return_to: str) -> str:
    """Return the stage's page, which leads on to ``return_to``."""
    return f"{stage.value}?{urlencode({'return_to': return_to})}"
