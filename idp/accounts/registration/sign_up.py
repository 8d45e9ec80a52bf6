"""New accounts: people who sign up, and users that an operator declares."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import make_transient_to_detached

from idp.accounts import mail_limits
from idp.accounts.access.roles import accepted_roles
from idp.accounts.email_availability import is_taken
from idp.accounts.errors import (
    EmailTaken,
    RegistrationClosed,
    UsernameTaken,
)
from idp.accounts.events import (
    AddressClaimed,
    AddressUnproven,
    PasswordUnset,
    UserCreated,
)
from idp.accounts.models import User, UserStatus
from idp.accounts.names import (
    email_key,
    username_key,
)
from idp.accounts.registration.new_account import (
    NewAccount,
    account_problems,
    refuse_problems,
    sign_up_problems,
)
from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.start import SessionRequest, start_session
from idp.accounts.settings import AccountsSettings
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.known_devices import add_device
from idp.accounts.sign_in.password import PASSWORD
from idp.accounts.users import find_by_email, find_by_username
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import add_if_absent, db, table_of
from idp.core.errors import FieldError, IdpError
from idp.core.events import publish
from idp.core.hashing import passwords
from idp.core.randomness import digest, new_id, new_subject
from idp.security import audit
from idp.security.ratelimit.budgets import REGISTER_IP
from idp.security.ratelimit.meters import network_of
from idp.security.requester import Requester

users = table_of(User)


@dataclass(frozen=True)
class Registrant:
    """Who signs up: a random token they keep, and the session that begins, if one does.

    Only they confirm the address and keep the password (``email.verification``).
    """

    registration: str
    session_id: str | None = None

    def columns(self) -> dict[str, str | None]:
        """Return what the account keeps of it."""
        return {
            "registration_digest": digest(self.registration),
            "registration_session_id": self.session_id,
        }


@dataclass(frozen=True)
class CheckInbox:
    """The answer of a private server, whether or not the address has an account."""


@dataclass(frozen=True)
class SignedUp:
    """There is an account, and its user is signed in."""

    user: User
    signed_in: SignedIn


def sign_up(
    wanted: NewAccount, *, return_to: str, request: SessionRequest, registration: str
) -> SignedUp | CheckInbox:
    """Make an account as ``register`` does, and sign its user in.

    ``registration`` is a random token that the browser or program keeps.
    """
    requester, session_id = request.requester, new_id()
    user = register(
        wanted,
        return_to=return_to,
        requester=requester,
        by=Registrant(registration, session_id),
    )
    if isinstance(user, CheckInbox):
        return user
    known = None
    if request.in_cookies:
        token = request.device_token
        known = add_device(user.id, device_token=token, requester=requester)
    session = start_session(
        SessionUser.of(user), amr=[PASSWORD], request=request, session_id=session_id
    )
    return SignedUp(user, SignedIn(session, known))


def register(
    wanted: NewAccount, *, return_to: str, requester: Requester, by: Registrant
) -> User | CheckInbox:
    """Make an account, and have the proof of its address mailed.

    Raises RegistrationClosed, InvalidInput, RateLimited, UsernameTaken, and EmailTaken
    where account privacy is ``open``. Where it is ``private``, a taken address gets the
    same answer at the same cost, and its owner a mail, unless there were many lately.
    """
    settings = current(AccountsSettings)
    if settings.registration == "closed":
        raise RegistrationClosed
    private = settings.account_privacy == "private"
    wanted = wanted.trimmed()
    tries = REGISTER_IP.meter(network_of(requester.ip))
    minimum = settings.password_min_length
    refuse_problems(sign_up_problems(wanted, minimum=minimum, tries=tries))
    password_hash = passwords().hash(wanted.password or "")
    try:
        user = _add_user(wanted, password_hash=password_hash, **by.columns())
    except EmailTaken:
        if not private:
            raise
        _notify_address_owner(wanted.email, requester=requester)
        return CheckInbox()
    publish(AddressUnproven(user, return_to=return_to, requester=requester))
    audit.record("register", user_id=user.id)
    return CheckInbox() if private else user


def register_other(wanted: NewAccount, *, by: str, requester: Requester) -> User:
    """Make an account for another user, on an admin's word.

    Its owner proves the address by a mailed link; without a password, by the one that
    sets it. Raises InvalidInput, EmailTaken or UsernameTaken.
    """
    wanted = wanted.trimmed()
    minimum = current(AccountsSettings).password_min_length
    judged = sign_up_problems(wanted, minimum=minimum, tries=None)
    refuse_problems(judged if wanted.password else account_problems(wanted))
    password_hash = passwords().hash(wanted.password) if wanted.password else None
    user = _add_user(wanted, password_hash=password_hash)
    if password_hash:
        publish(AddressUnproven(user, return_to="", requester=requester))
    else:
        publish(PasswordUnset(user, requester=requester))
    audit.record("register", user_id=user.id, by=by)
    return user


def create_user(
    *,
    email: str,
    username: str | None = None,
    password: str | None = None,
    name: str | None = None,
    email_verified: bool = False,
    roles: Iterable[str] = (),
    must_change_password: bool = False,
) -> User:
    """Make an account on an operator's word; nothing is mailed.

    Raises InvalidInput with all mistakes, EmailTaken or UsernameTaken. How good the
    password is, is the operator's to judge: only its length is bounded.
    """
    wanted = NewAccount(email, password, username, name).trimmed()
    refuse_problems(account_problems(wanted))
    user = _add_user(
        wanted,
        password_hash=passwords().hash(password) if password else None,
        email_verified_at=utcnow() if email_verified else None,
        roles=accepted_roles(roles),
        must_change_password=must_change_password,
    )
    audit.record("register", user_id=user.id, by="operator")
    return user


def _add_user(wanted: NewAccount, **columns: Any) -> User:
    """Insert a user; raises UsernameTaken or EmailTaken, also when a race was lost."""
    _refuse_taken(wanted)
    row = _row_of(wanted) | columns
    if not add_if_absent(users, row):
        _refuse_taken(wanted)
        raise EmailTaken([_as_error(EmailTaken, "email")])
    user = User(**row)
    make_transient_to_detached(user)
    db.session.add(user)
    publish(UserCreated(user.id, username=user.username, name=user.name))
    return user


def _row_of(wanted: NewAccount) -> dict[str, Any]:
    """Return every column of a new user, so that none is asked for later."""
    now = utcnow()
    return {
        **dict.fromkeys(column.key for column in users.c),
        "id": new_subject(),
        "email": wanted.email,
        "email_key": email_key(wanted.email),
        "username": wanted.username,
        "username_key": username_key(wanted.username) if wanted.username else None,
        "name": wanted.name,
        "given_name": wanted.given_name,
        "family_name": wanted.family_name,
        "password_changed_at": now,
        "must_change_password": False,
        "security_version": 0,
        "status": UserStatus.ACTIVE,
        "roles": [],
        "created_at": now,
        "updated_at": now,
    }


def _refuse_taken(wanted: NewAccount) -> None:
    """Raise for a name that another account has.

    The username is looked at first: it may be told in every setting.
    """
    if wanted.username and find_by_username(wanted.username):
        raise UsernameTaken([_as_error(UsernameTaken, "username")])
    if is_taken(wanted.email):
        raise EmailTaken([_as_error(EmailTaken, "email")])


def _as_error(refusal: type[IdpError], field: str) -> FieldError:
    """Return a refusal as the error of one field."""
    return FieldError(field, refusal.code)


def _notify_address_owner(address: str, *, requester: Requester) -> None:
    """Have the owner of a taken address told, in place of the requester."""
    allowed = mail_limits.has_room(address)
    owner = find_by_email(address)
    audit.record("register", outcome="refused", user_id=owner.id if owner else None)
    if owner and allowed:
        publish(AddressClaimed(owner, requester=requester))
