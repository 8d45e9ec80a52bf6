"""What is refused about invites."""

from http import HTTPStatus

from idp.accounts.errors import AuthenticationRequired
from idp.core.errors import IdpError


class NoSuchInvite(IdpError):
    """An invite that does not exist, or not here."""

    code = "no_such_invite"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such invite."


class InviteAnswered(IdpError):
    """An invite that was accepted or declined, or withdrawn, by now."""

    code = "invite_over"
    status = HTTPStatus.CONFLICT
    title = "This invite was answered or withdrawn already."


class SignInToJoin(AuthenticationRequired):
    """An invite that only its user can accept, signed in, with the invited address.

    The same is said of an address with an account and of one without, unless the link
    was mailed there.
    """

    code = "sign_in_first"
    title = "Sign in with the invited address first."
