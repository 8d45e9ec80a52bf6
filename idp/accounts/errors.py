"""Refusals of the account surfaces."""

from http import HTTPStatus

from idp.core.errors import IdpError
from idp.web.bearer import AuthenticationRequired


class InvalidInput(IdpError):
    """Input that was understood and not taken; ``errors`` names every field at once."""

    code = "invalid_input"
    status = HTTPStatus.BAD_REQUEST
    title = "Please check what you entered."


class EmailTaken(IdpError):
    """An address that another account has."""

    code = "email_taken"
    status = HTTPStatus.CONFLICT
    title = "There’s already an account with this email."


class UsernameTaken(IdpError):
    """A username that another account has; usernames are public."""

    code = "username_taken"
    status = HTTPStatus.CONFLICT
    title = "This username is taken."


class RegistrationClosed(IdpError):
    """A sign-up at a server whose accounts are made by its operator."""

    code = "registration_closed"
    status = HTTPStatus.FORBIDDEN
    title = "New accounts can’t be created here."


class NotSignedIn(AuthenticationRequired):
    """Something that only a signed-in person can do."""
