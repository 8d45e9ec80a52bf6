"""Refusals of the account surfaces."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from idp.core.context import current
from idp.core.errors import FieldError, IdpError
from idp.core.settings.server import ServerSettings


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


class EmailReserved(EmailTaken):
    """An address that an account had until lately: nobody has it before ``until``."""

    code = "email_reserved"
    title = "This address cannot be used for another account yet."

    def __init__(self, until: datetime, *, field: str = "email") -> None:
        word, values = "email.email_reserved", {"until": until}
        super().__init__([FieldError(field, self.code, word=word, values=values)])
        self.members: Mapping[str, object] = {"until": until.isoformat()}


class UsernameTaken(IdpError):
    """A username that another account has; usernames are public."""

    code = "username_taken"
    status = HTTPStatus.CONFLICT
    title = "This username is taken."


class RegistrationClosed(IdpError):
    """A sign-up that is not let in; ``reason`` says what would be."""

    code = "registration_closed"
    status = HTTPStatus.FORBIDDEN
    title = "New accounts can’t be created here."

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason
        self.members: Mapping[str, object] = {"reason": reason}


class NoWaitlist(IdpError):
    """A place that is asked for where new accounts are no matter of a waitlist."""

    code = "no_waitlist"
    status = HTTPStatus.NOT_FOUND
    title = "There is no waitlist here."


class AuthenticationRequired(IdpError):
    """Neither a token nor a session; RFC 6750 §3 wants no error code for that."""

    code = "authentication_required"
    status = HTTPStatus.UNAUTHORIZED
    title = "Sign in first."
    challenge = ""

    def __init__(self) -> None:
        super().__init__()
        self.headers: Mapping[str, str] = {"WWW-Authenticate": self.www_authenticate()}

    def www_authenticate(self) -> str:
        """Return the challenge of RFC 6750 §3."""
        return f'Bearer realm="{current(ServerSettings).issuer}"{self.challenge}'


class NotSignedIn(AuthenticationRequired):
    """Something that only a signed-in user can do."""
