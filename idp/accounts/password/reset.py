"""A password for who has lost the old one or never had one, by a mailed link.

Asking tells nothing (``mail_requests``). The link proves the mailbox, so the address
counts as confirmed afterwards. It signs nobody in (security.md §5).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy import bindparam, update

from idp.accounts import mail_requests, one_time_tokens
from idp.accounts.addresses.rows import address_keys_of, find_spelling, replace_primary
from idp.accounts.models import User, UserStatus
from idp.accounts.names import email_key
from idp.accounts.one_time_tokens import PASSWORD_SET, IssuedToken, PendingToken
from idp.accounts.password import change as password_change
from idp.accounts.password.held_mail import holds_back, is_held
from idp.accounts.policies.keys import LINK
from idp.accounts.policies.ways import may_use
from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.guard import raise_version
from idp.accounts.sessions.proofs import Method, Proof
from idp.accounts.sessions.start import SessionRequest, start_session
from idp.accounts.settings import AccountsSettings
from idp.accounts.sign_in.by_mail.pressed_again import find_pressed, keep_pressed
from idp.accounts.sign_in.completion import SignedIn, wait_for_factor
from idp.accounts.sign_in.known_devices import add_device
from idp.accounts.sign_in.limits import forget_consecutive_failures
from idp.accounts.sign_in.pending import FactorRequired
from idp.accounts.sign_in.ways.managed import require_own_password
from idp.accounts.sign_in.withdrawal import forget_stranger
from idp.accounts.users import find_id_by_verified_address, find_user, get_user
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import changed_one, table_of
from idp.core.hashing import passwords
from idp.core.settings.server import ServerSettings
from idp.mail import outbox
from idp.security import audit
from idp.security.requester import Requester

PURPOSE = one_time_tokens.PASSWORD_RESET
PURPOSES = (PURPOSE, PASSWORD_SET)
SET_WITHIN_SECONDS = 7 * 24 * 3600
OFFERED_SECONDS = 30 * 60

users = table_of(User)

CONFIRM_ADDRESS = (
    update(users)
    .where(users.c.id == bindparam("user_id"), users.c.email_verified_at.is_(None))
    .where(users.c.email_key == bindparam("proven_key"))
    .values(
        email_verified_at=bindparam("now"),
        registration_digest=None,
        registration_session_id=None,
    )
)


@dataclass(frozen=True)
class Resettable:
    """An account whose password a link can set; ``return_to`` is where its user was.

    The path may lead nowhere in the browser that opens the link. ``proves_address``:
    the link was mailed to ``address``, one of the account's.
    """

    user: User
    address: str
    return_to: str
    proves_address: bool


@dataclass(frozen=True)
class CompletedReset:
    """A link has set a password; ``device_token`` is for the device cookie."""

    user: User
    return_to: str
    device_token: str


def ask_for_reset(address: str, *, return_to: str, requester: Requester) -> None:
    """Have a link mailed to the owner of an address, if it has one; nobody is told.

    Raises RateLimited for a requester who asks for many.
    """
    mail_requests.ask(PURPOSE, address, return_to=return_to, requester=requester)
    audit.record(
        "password.reset.requested", user_id=find_id_by_verified_address(address)
    )


def send_asked_link(
    user: User, *, to: str, return_to: str, requester: Requester
) -> None:
    """Mail the link ``to`` an address of who asked for it, unless it is held back."""
    if not is_held(user):
        send_link(user, to=to, return_to=return_to, requester=requester)


def send_set_link(user: User, *, requester: Requester) -> None:
    """Mail a user who never had a password the link that sets one, for seven days."""
    issued = one_time_tokens.issue(
        user.id,
        purpose=PASSWORD_SET,
        seconds=SET_WITHIN_SECONDS,
        data={"email": user.email, "return_to": ""},
    )
    outbox.send(
        "password_set",
        to=user.email,
        link=link_with(issued.token),
        expires_at=issued.expires_at,
        display_name=user.name,
        locales=(user.locale, requester.language),
    )


def offer_reset(
    user_id: str, *, mailed_at: datetime | None = None, return_to: str = ""
) -> str | None:
    """Return the path of the page that sets a new password now, once, in half an hour.

    For an account that was just taken back (``sign_in.withdrawal``) by a link that was
    mailed before, which proves no address. None where it is held back, or not in use.
    """
    user = get_user(user_id)
    held = mailed_at is not None and holds_back(user, mailed_at)
    if held or user.status != UserStatus.ACTIVE:
        return None
    issued = issue_unmailed(user, return_to=return_to)
    return f"/password-reset?{urlencode({'token': issued.token})}"


def find_reset(token: str) -> Resettable | None:
    """Say whose password a link sets; None when it is used, expired or void.

    It is void for an account that may not sign in, or that has its address no more:
    the mailbox it went to has no say then.
    """
    pending = _find_pending(token)
    user = find_user(pending.user_id) if pending else None
    if pending is None or user is None or user.status != UserStatus.ACTIVE:
        return None
    address = find_spelling(user.id, pending.data["email"])
    if address is None:
        return None
    proven = bool(pending.data.get("proves_address", True))
    return_to = str(pending.data["return_to"])
    return Resettable(user, address, return_to=return_to, proves_address=proven)


def set_new_password(
    token: str,
    *,
    new_password: str,
    device_token: str | None,
    requester: Requester,
    by: str | None = None,
) -> CompletedReset | None:
    """Set the password of a link's account, once; None as above.

    Raises InvalidInput for a weak one (the link stays), RateLimited, PasswordManaged.
    All sessions end; this browser is known, and wrong passwords in a row are forgotten.
    ``by`` is a digest of what the caller holds, who may send it again.
    """
    found = find_reset(token)
    if found is None:
        return None
    user = found.user
    require_own_password(user)
    password_hash = password_change.hash_new(
        new_password, user=user, old_hash=None, requester=requester
    )
    forget_consecutive_failures(user.id, user.username, *address_keys_of(user.id))
    if not raise_version(user, seen=user.security_version):
        return None
    if not any(one_time_tokens.spend(token, purpose=of) for of in PURPOSES):
        return None
    if found.proves_address:
        _confirm_address(user, found.address)
    password_change.store(
        user,
        password_hash,
        closed=password_change.close_sessions(user.id),
        requester=requester,
        event="password.reset.done",
    )
    one_time_tokens.withdraw_all(user.id)
    keep_pressed(token, user_id=user.id, by=by, return_to=found.return_to)
    known = add_device(user.id, device_token=device_token, requester=requester)
    return CompletedReset(user, found.return_to, known)


def set_again(
    token: str,
    *,
    new_password: str,
    by: Sequence[str],
    device_token: str | None,
    requester: Requester,
) -> CompletedReset | None:
    """Answer as ``set_new_password`` did to one of these, who sends the same again."""
    done = find_pressed(token, by=by)
    user = find_user(done.user_id) if done else None
    if done is None or user is None or not user.password_hash:
        return None
    if not passwords().verify(user.password_hash, new_password):
        return None
    known = add_device(user.id, device_token=device_token, requester=requester)
    return CompletedReset(user, str(done.data["return_to"]), known)


def reset_and_sign_in(
    token: str, *, new_password: str, request: SessionRequest
) -> SignedIn | FactorRequired | CompletedReset | None:
    """Set a lost password and sign its owner in; None as ``set_new_password``.

    What proved the owner is the mailbox, so that is the session's method; a second
    factor is still due. Where policies do not allow it, nobody is signed in.
    """
    done = set_new_password(
        token,
        new_password=new_password,
        device_token=request.device_token,
        requester=request.requester,
    )
    if done is None:
        return None
    user = SessionUser.of(done.user)
    if not may_use(LINK, user_id=user.user_id, roles=user.roles, email=user.email):
        return done
    proofs = (Proof(Method.LINK, utcnow()),)
    waits = wait_for_factor(user, proofs=proofs, request=request)
    if waits:
        return replace(waits, device_token=done.device_token)
    session = start_session(user, proofs=proofs, request=request)
    audit.record("login.ok", user_id=user.user_id, session_id=session.id)
    return SignedIn(session, done.device_token)


def send_link(user: User, *, to: str, return_to: str, requester: Requester) -> None:
    """Mail the link ``to`` an address of the user; an older one is void."""
    issued = one_time_tokens.issue(
        user.id,
        purpose=PURPOSE,
        seconds=current(AccountsSettings).password_reset_seconds,
        data={"email": to, "return_to": return_to},
    )
    outbox.send(
        "password_reset",
        to=to,
        link=link_with(issued.token),
        expires_at=issued.expires_at,
        display_name=user.name,
        locales=(user.locale, requester.language),
        requester=requester.description,
        return_to=return_to,
    )


def issue_unmailed(user: User, *, return_to: str) -> IssuedToken:
    """Make a token, good for half an hour, that says nothing of the mailbox."""
    return one_time_tokens.issue(
        user.id,
        purpose=PURPOSE,
        seconds=OFFERED_SECONDS,
        data={"email": user.email, "return_to": return_to, "proves_address": False},
    )


def link_with(token: str) -> str:
    """Return the address of the page that sets the password."""
    query = urlencode({"token": token})
    return f"{current(ServerSettings).issuer}/password-reset?{query}"


def _find_pending(token: str) -> PendingToken | None:
    """Return what a link of either purpose is about."""
    found = (one_time_tokens.find_pending(token, purpose=of) for of in PURPOSES)
    return next(filter(None, found), None)


def _confirm_address(user: User, address: str) -> None:
    """Mark the primary address as proven, if the link was mailed to it.

    Another may have signed up with it: nothing of theirs stays.
    """
    proven = {"user_id": user.id, "proven_key": email_key(address), "now": utcnow()}
    if changed_one(CONFIRM_ADDRESS, proven):
        replace_primary(user.id, address)
        forget_stranger(user.id)
        audit.record("email.verified", user_id=user.id)
