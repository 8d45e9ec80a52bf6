"""A new password by a mailed link, and the session that begins with it."""

from idp.accounts.password import reset as password_reset
from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.start import SessionRequest, start_session
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.links import ONE_TIME
from idp.security import audit


def reset_and_sign_in(
    token: str, *, new_password: str, request: SessionRequest
) -> SignedIn | None:
    """Set a lost password and sign its owner in; None as ``set_new_password``.

    What proved the owner is the mailbox, so that is the session's method.
    """
    done = password_reset.set_new_password(
        token,
        new_password=new_password,
        device_token=request.device_token,
        requester=request.requester,
    )
    if done is None:
        return None
    user = SessionUser.of(done.user)
    session = start_session(user, amr=[ONE_TIME], request=request)
    audit.record("login.ok", user_id=user.user_id, session_id=session.id)
    return SignedIn(session, done.device_token)
