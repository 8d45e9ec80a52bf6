"""Setting one's own password: at the first sign-in, after a link, or at any time."""

from dataclasses import dataclass, replace

from idp.accounts import one_time_tokens
from idp.accounts.errors import InvalidInput, NotSignedIn
from idp.accounts.events import PasswordChanged
from idp.accounts.leaked_passwords import leaked_problem
from idp.accounts.models import User
from idp.accounts.password_policy import (
    evident_problem,
    guessable_problem,
    person_words,
)
from idp.accounts.sessions.end import end_all_sessions
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.guard import raise_version
from idp.accounts.sessions.proofs import Method, asks_second_factor
from idp.accounts.sessions.start import StartedSession, renew_token
from idp.accounts.settings import AccountsSettings
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.reauthentication import (
    WrongPassword,
    is_recent,
    require_fresh,
    verify_password,
)
from idp.accounts.sign_in.ways.managed import require_own_password
from idp.accounts.sign_in.withdrawal import CLOSE, OPENING
from idp.accounts.users import get_user
from idp.core.branding.instance import issuer_name
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db
from idp.core.errors import FieldError
from idp.core.events import publish
from idp.core.hashing import passwords
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security import audit
from idp.security.ratelimit.budgets import NEW_PASSWORD
from idp.security.ratelimit.meters import network_of
from idp.security.requester import Requester


def needs_current_password(live: LiveSession) -> bool:
    """Tell whether the old password must be given with the new one.

    It is the strongest proof there is, so no other way in stands for it; a user who has
    lost it gets a link by mail. A password that was handed out need not be given again
    within ten minutes of a sign-in with it. Nor is there one to give by who never had
    one and was signed in by a link as lately: that shows what a mailed one would.
    """
    if live.must_change_password:
        return not _lately(live, Method.PASSWORD)
    by_link = _lately(live, Method.LINK)
    return not (by_link and get_user(live.user_id).password_hash is None)


@dataclass(frozen=True)
class SessionsClosed:
    """A user's sessions have ended, save one that may be spared.

    ``store`` asks for it: where the sessions end before what hangs on them, no grant is
    added beside their end.
    """

    user_id: str
    spared: StartedSession | None = None


def change_password(
    live: LiveSession,
    *,
    new_password: str,
    current_password: str | None,
    requester: Requester,
) -> SignedIn | WrongPassword:
    """Set a new password; every other session ends, and what hung on the old one.

    This one goes on with a new cookie.

    A current password that is given has to fit, needed or not. Raises InvalidInput and
    RateLimited as ``hash_new`` does, ReauthenticationRequired of a user whose second
    factor was not shown lately, PasswordManaged where a directory has it, and
    NotSignedIn when the session ended meanwhile.
    """
    user = get_user(live.user_id)
    require_own_password(user)
    if asks_second_factor(user.factors):
        require_fresh(live)
    needed = needs_current_password(live) or current_password is not None
    if needed and not verify_password(
        user, current_password or "", requester=requester
    ):
        audit.record("password.changed", outcome="refused", user_id=user.id)
        return WrongPassword()
    password_hash = hash_new(
        new_password, user=user, old_hash=user.password_hash, requester=requester
    )
    session = renew(live, user, requester=requester)
    closed = close_sessions(live.user_id, spared=session)
    store(user, password_hash, closed=closed, requester=requester)
    return SignedIn(session)


def declare_password(user: User, password: str) -> None:
    """Set the password that an operator declares, unless it is that; nothing is mailed.

    How good it is, is the operator's to judge. What the old one opened is closed.
    """
    if passwords().verify(user.password_hash, password):
        return
    password_hash = passwords().hash(password)
    db.session.execute(CLOSE, {"of_user": user.id})
    _write(user, password_hash, closed=close_sessions(user.id))
    audit.record("password.changed", user_id=user.id, by="operator")


def hash_new(
    new_password: str, *, user: User, old_hash: str | None, requester: Requester
) -> str:
    """Return the hash of a password that the policy takes; ``old_hash`` is not its own.

    Call it before the first write: a try is counted before what costs, and given back
    for a password that is taken. Raises InvalidInput and RateLimited.
    """
    minimum = current(AccountsSettings).password_min_length
    _refuse(evident_problem(new_password, minimum=minimum, context=_words_of(user)))
    tries = NEW_PASSWORD.meter(user.id, network_of(requester.ip))
    tries.check()
    tries.count()
    _refuse(guessable_problem(new_password) or leaked_problem(new_password))
    if old_hash and passwords().verify(old_hash, new_password):
        _refuse(FieldError("password", "unchanged"))
    password_hash = passwords().hash(new_password)
    tries.give_back()
    return password_hash


def close_sessions(
    user_id: str, *, spared: StartedSession | None = None
) -> SessionsClosed:
    """End a user's sessions because the password is to be another."""
    end_all_sessions(user_id, except_session_id=spared.id if spared else None)
    return SessionsClosed(user_id, spared)


def renew(live: LiveSession, user: User, *, requester: Requester) -> StartedSession:
    """Give a session a new cookie token; raises NotSignedIn when it is over by now.

    Nothing begins any more by a proof of the old password.
    """
    if not raise_version(user, seen=live.security_version):
        raise NotSignedIn
    version = user.security_version
    own = replace(live, must_change_password=False, security_version=version)
    renewed = renew_token(own, requester=requester)
    if renewed is None:
        raise NotSignedIn
    return renewed


def store(
    user: User,
    password_hash: str | None,
    *,
    closed: SessionsClosed,
    requester: Requester,
    event: str = "password.changed",
) -> None:
    """Write the new password and tell its owner; links that open the account are void.

    None is none. The version was raised by the caller, before the sessions ended.
    ``event`` is what the audit log calls it.
    """
    _write(user, password_hash, closed=closed)
    audit.record(event, user_id=user.id)
    _notify_owner(user, requester=requester)


def _lately(live: LiveSession, method: Method) -> bool:
    """Tell whether a session's user has shown this in the last minutes."""
    return any(is_recent(p.at) for p in live.proven if p.method is method)


def _write(user: User, password_hash: str | None, *, closed: SessionsClosed) -> None:
    """Write the new password; links that open the account are void."""
    user.password_hash = password_hash
    user.password_changed_at = utcnow()
    user.must_change_password = False
    db.session.flush()
    for purpose in OPENING:
        one_time_tokens.withdraw(user.id, purpose=purpose)
    session_id = closed.spared.id if closed.spared else None
    publish(PasswordChanged(user_id=user.id, session_id=session_id))


def _words_of(user: User) -> list[str]:
    """Return what an attacker would try first: the names of the user and the server."""
    server = current(ServerSettings)
    names = person_words(email=user.email, username=user.username, name=user.name)
    return [*names, server.issuer_name, issuer_name(), server.issuer_host]


def _refuse(problem: FieldError | None) -> None:
    """Raise InvalidInput when there is something against a password."""
    if problem:
        raise InvalidInput([problem])


def _notify_owner(user: User, *, requester: Requester) -> None:
    """Mail the owner, who may be another than the requester.

    Then the new password is a stranger's, so the link needs no sign-in.
    """
    outbox.send(
        "password_changed" if user.password_hash else "password_removed",
        to=user.email,
        link=f"{current(ServerSettings).issuer}/forgot-password",
        display_name=user.name,
        locales=(user.locale, requester.language),
        requester=requester.description,
    )
