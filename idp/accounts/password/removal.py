"""Going without a password, where another way to sign in is left."""

from http import HTTPStatus

from idp.accounts.factors.passkeys.ways_in import A_PASSWORD, require_way_in
from idp.accounts.password import change as password_change
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.users import get_user, hold_user
from idp.core.db import begin_writing
from idp.core.errors import IdpError
from idp.security.requester import Requester


class NoPassword(IdpError):
    """There is no password to remove."""

    code = "no_password"
    status = HTTPStatus.NOT_FOUND
    title = "Your account has no password."


def remove_password(live: LiveSession, *, requester: Requester) -> SignedIn:
    """Remove a user's password; what it opened is closed, but for this session.

    That goes on with a new cookie. Raises NoPassword, LastWayIn, and NotSignedIn when
    the session is over by now.
    """
    begin_writing()
    hold_user(live.user_id)
    user = get_user(live.user_id)
    require_way_in(user, without=A_PASSWORD)
    if user.password_hash is None:
        raise NoPassword
    session = password_change.renew(live, user, requester=requester)
    closed = password_change.close_sessions(live.user_id, spared=session)
    password_change.store(
        user, None, closed=closed, requester=requester, event="password.removed"
    )
    return SignedIn(session)
