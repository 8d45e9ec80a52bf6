"""A new password by a mailed link, and the session that begins with it."""

from idp.accounts.password import reset as password_reset
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.start import Started, start_session
from idp.accounts.sign_in.links import ONE_TIME
from idp.security import audit


def reset_and_sign_in(
    token: str, *, new_password: str, replaces: LiveSession | None
) -> Started | None:
    """Set a lost password and sign its owner in; None as ``set_new_password``.

    What proved the owner is the mailbox, so that is the session's method.
    """
    done = password_reset.set_new_password(token, new_password=new_password)
    if done is None:
        return None
    user_id = done.user.id
    started = start_session(user_id, amr=[ONE_TIME], replaces=replaces)
    audit.record("login.ok", user_id=user_id, session_id=started.session_id)
    return started
