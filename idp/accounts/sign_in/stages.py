"""What still stands between a first proof of identity and the page behind it."""

from enum import Enum
from urllib.parse import urlencode

from idp.accounts.sessions.find import SessionUser


class Stage(Enum):
    """Something a user has to do before going on, by the path of its page."""

    PASSWORD = "/account/password"  # noqa: S105 - a path
    EMAIL = "/email-verification"


def next_stage(user: SessionUser, *, require_verified_email: bool) -> Stage | None:
    """Return what is to be done next, or None when the way is free.

    The password comes first: one that another has seen protects nothing.
    """
    if user.must_change_password:
        return Stage.PASSWORD
    if require_verified_email and not user.email_verified:
        return Stage.EMAIL
    return None


def stage_url(stage: Stage, return_to: str) -> str:
    """Return the stage's page, which leads on to ``return_to``."""
    return f"{stage.value}?{urlencode({'return_to': return_to})}"
