"""What is refused of passkeys."""

from http import HTTPStatus

from idp.core.errors import IdpError


class NoSuchPasskey(IdpError):
    """A passkey that was removed, or another user's: the answer does not tell which."""

    code = "no_such_passkey"
    status = HTTPStatus.NOT_FOUND
    title = "This passkey is not there any more."


class PasskeyNotAllowed(IdpError):
    """A sign-up with a passkey where policies let nobody sign in with one."""

    code = "method_not_allowed"
    status = HTTPStatus.FORBIDDEN
    title = "You can’t sign up with a passkey here. Choose a password."


class ChallengeUsedUp(IdpError):
    """A passkey that answers what was answered at the same time."""

    code = "passkey_refused"
    status = HTTPStatus.CONFLICT
    title = "The passkey could not be added. Try again."


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
