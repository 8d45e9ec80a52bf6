"""New accounts: people who sign up, and users that an operator declares."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import make_transient_to_detached

from idp.accounts import mail_limits
from idp.accounts.access.roles import accepted_roles
from idp.accounts.email_availability import address_problem, is_taken
from idp.accounts.errors import (
    EmailTaken,
    InvalidInput,
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
    canonical_email,
    email_key,
    name_of_parts,
    name_problem,
    username_key,
    username_problem,
)
from idp.accounts.password_policy import (
    evident_problem,
    guessable_problem,
    password_problem,
    person_words,
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
from idp.core.hashing import passwords, too_long
from idp.core.randomness import new_subject
from idp.core.settings.server import ServerSettings
from idp.security import audit
from idp.security.ratelimit.budgets import REGISTER_IP
from idp.security.ratelimit.meters import Meter, network_of
from idp.security.requester import Requester

users = table_of(User)


@dataclass(frozen=True)
class NewAccount:
    """What an account is to be; the texts are as they were typed."""

    email: str
    password: str | None = None
    username: str | None = None
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None

    def trimmed(self) -> "NewAccount":
        """Return it trimmed, an empty name as none; one not given is of its parts."""
        given, family = _trimmed(self.given_name), _trimmed(self.family_name)
        return replace(
            self,
            email=canonical_email(self.email),
            username=_trimmed(self.username),
            name=_trimmed(self.name) or name_of_parts(given, family),
            given_name=given,
            family_name=family,
        )


@dataclass(frozen=True)
class CheckInbox:
    """The answer of a private server, whether or not the address has an account."""


@dataclass(frozen=True)
class SignedUp:
    """There is an account, and its user is signed in."""

    user: User
    signed_in: SignedIn


def sign_up(
    wanted: NewAccount, *, return_to: str, request: SessionRequest
) -> SignedUp | CheckInbox:
    """Make an account as ``register`` does, and sign its user in."""
    requester = request.requester
    user = register(wanted, return_to=return_to, requester=requester)
    if isinstance(user, CheckInbox):
        return user
    known = None
    if request.in_cookies:
        token = request.device_token
        known = add_device(user.id, device_token=token, requester=requester)
    session = start_session(SessionUser.of(user), amr=[PASSWORD], request=request)
    return SignedUp(user, SignedIn(session, known))


def register(
    wanted: NewAccount, *, return_to: str, requester: Requester
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
    _refuse(_sign_up_problems(wanted, minimum=minimum, tries=tries))
    password_hash = passwords().hash(wanted.password or "")
    try:
        user = _add_user(wanted, password_hash=password_hash)
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
    judged = _sign_up_problems(wanted, minimum=minimum, tries=None)
    _refuse(judged if wanted.password else _problems(wanted))
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
    _refuse(_problems(wanted))
    user = _add_user(
        wanted,
        password_hash=passwords().hash(password) if password else None,
        email_verified_at=utcnow() if email_verified else None,
        roles=accepted_roles(roles),
        must_change_password=must_change_password,
    )
    audit.record("register", user_id=user.id, by="operator")
    return user


def _trimmed(text: str | None) -> str | None:
    """Return text without white space around it, None if nothing is left."""
    return (text or "").strip() or None


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


def _refuse(found: Iterable[FieldError]) -> None:
    """Raise InvalidInput with all problems, if there are any."""
    errors = list(found)
    if errors:
        raise InvalidInput(errors)


def _problems(wanted: NewAccount) -> Iterator[FieldError]:
    """Yield what no account can be."""
    found = [address_problem(wanted.email)]
    if wanted.username:
        found.append(username_problem(wanted.username))
    for field in ("name", "given_name", "family_name"):
        problem = name_problem(getattr(wanted, field) or "")
        found.append(replace(problem, field=field) if problem else None)
    if wanted.password and too_long(wanted.password):
        found.append(password_problem(wanted.password, minimum=0))
    yield from filter(None, found)


def _sign_up_problems(
    wanted: NewAccount, *, minimum: int, tries: Meter | None
) -> Iterator[FieldError]:
    """Yield what is wrong with a sign-up, in the order of the form.

    One is counted on ``tries`` before the password is looked at closely, and hashed:
    that is what costs. Raises RateLimited.
    """
    yield from (problem for problem in _problems(wanted) if problem.field != "password")
    server = current(ServerSettings)
    names = person_words(email=wanted.email, username=wanted.username, name=wanted.name)
    password = wanted.password or ""
    context = [*names, server.issuer_name, server.issuer_host]
    problem = evident_problem(password, minimum=minimum, context=context)
    if problem is None:
        if tries:
            tries.count()
        problem = guessable_problem(password)
    if problem:
        yield problem
