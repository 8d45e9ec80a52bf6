"""A link to a new password that is not mailed, a day after support reset factors."""

from datetime import datetime
from http import HTTPStatus

from idp.accounts.factors.reset import RESET_MAIL_HELD
from idp.accounts.models import User
from idp.core.clock import utcnow
from idp.core.errors import IdpError


class ResetMailHeld(IdpError):
    """A link to a new password that only an admin may send for now."""

    code = "reset_mail_held"
    status = HTTPStatus.CONFLICT
    title = "Support has reset this person’s two-step sign-in. Ask an admin to send it."


def is_held(user: User) -> bool:
    """Tell whether support has reset a user's factors within the last day."""
    return user.reset_mail_from is not None and utcnow() < user.reset_mail_from


def holds_back(user: User, mailed_at: datetime) -> bool:
    """Tell whether a link of then leads to no new password now.

    One from before support reset the factors may be in the hands of who talked support
    into that; one from after it was mailed about something that has happened since.
    """
    return (
        user.reset_mail_from is not None
        and is_held(user)
        and mailed_at <= user.reset_mail_from - RESET_MAIL_HELD
    )
