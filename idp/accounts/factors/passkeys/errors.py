"""What is refused of passkeys."""

from http import HTTPStatus

from idp.core.errors import IdpError


class NoSuchPasskey(IdpError):
    """A passkey that was removed, or another user's: the answer does not tell which."""

    code = "no_such_passkey"
    status = HTTPStatus.NOT_FOUND
    title = "This passkey is not there any more."


class LastWayIn(IdpError):
    """A passkey without which nobody could sign in to the account."""

    code = "last_way_in"
    status = HTTPStatus.CONFLICT
    title = "This is your only way to sign in. Set up another one first."


class TooManyPasskeys(IdpError):
    """One more passkey than an account may have."""

    code = "too_many_passkeys"
    status = HTTPStatus.CONFLICT
    title = "You have as many passkeys as there can be. Remove one first."
