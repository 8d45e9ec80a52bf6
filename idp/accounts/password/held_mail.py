"""A link to a new password that is not mailed, a day after support reset factors."""

from http import HTTPStatus

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
