"""New accounts: people who sign up, and users that an operator declares."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from idp.accounts.access.roles import accepted_roles
from idp.accounts.errors import EmailTaken, RegistrationClosed, UsernameTaken
from idp.accounts.events import AddressUnproven, PasswordUnset
from idp.accounts.factors.passkeys.errors import ChallengeUsedUp
from idp.accounts.models import User
from idp.accounts.profile.rules import FieldRules
from idp.accounts.profile.usernames import is_username_free
from idp.accounts.registration import pending
from idp.accounts.registration.add_user import add_user
from idp.accounts.registration.admission import NOTHING, Admission, AdmissionRefusal
from idp.accounts.registration.first_passkey import (
    FirstPasskey,
    keep_first,
    problems_of,
    use_up,
)
from idp.accounts.registration.first_session import (
    CheckInbox,
    SignedUp,
    begin_first_session,
)
from idp.accounts.registration.new_account import (
    NewAccount,
    account_problems,
    refuse_problems,
    sign_up_problems,
)
from idp.accounts.registration.policy import needs_approval, require_open, rules_for
from idp.accounts.registration.repeated import sign_up_again
from idp.accounts.sessions.proofs import Method, Proof
from idp.accounts.sessions.start import SessionRequest
from idp.accounts.settings import AccountsSettings
from idp.accounts.terms.acceptance import require_accepted
from idp.accounts.users import is_username_reserved
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import table_of
from idp.core.errors import FieldError
from idp.core.events import publish
from idp.core.hashing import passwords
from idp.core.randomness import digest, new_id
from idp.security import audit
from idp.security.challenge.acts import GuardedAct
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
class Vouched:
    """What an operator says of a new user, and no user of themselves.

    ``must_change_password``: the password given is for the first sign-in alone.
    """

    email_verified: bool = False
    roles: tuple[str, ...] = ()
    must_change_password: bool = False


NOTHING_SAID = Vouched()


def sign_up(
    wanted: NewAccount,
    *,
    return_to: str,
    request: SessionRequest,
    registration: str,
    admission: Admission = NOTHING,
    first: FirstPasskey | None = None,
) -> SignedUp | CheckInbox:
    """Make an account as ``register`` does, and sign its user in.

    ``registration`` is a random token that the browser or program keeps; ``first`` a
    passkey in place of a password. Sent again it goes on (``registration.repeated``).
    """
    session_id = new_id()
    try:
        user = register(
            wanted,
            return_to=return_to,
            requester=request.requester,
            by=Registrant(registration, session_id),
            admission=admission,
            first=first,
        )
    except (EmailTaken, UsernameTaken, RegistrationClosed):
        again = sign_up_again(wanted, request=request, registration=registration)
        if again is None:
            raise
        return again
    if isinstance(user, CheckInbox):
        return user
    proof = first.proof() if first else Proof(Method.PASSWORD, utcnow())
    return begin_first_session(
        user, proof=proof, request=request, session_id=session_id
    )


def register(
    wanted: NewAccount,
    *,
    return_to: str,
    requester: Requester,
    by: Registrant,
    admission: Admission = NOTHING,
    first: FirstPasskey | None = None,
) -> User | CheckInbox:
    """Make an account, and have the proof of its address mailed.

    Raises RegistrationClosed, TermsRequired, InvalidInput, RateLimited, UsernameTaken,
    and EmailTaken where account privacy is ``open``. Where it is ``private``, or an
    operator is to approve it, the account is made once its address is proven
    (``registration.pending``); under ``private`` for every address alike. An
    ``admission`` that proves the address makes it at once, and nothing is mailed.
    """
    require_open(admission)
    require_accepted(wanted.accepted)
    wanted = wanted.trimmed()
    _refuse_wrong(wanted, first, requester=requester, rules=rules_for(admission))
    require_open(admission, wanted.email)
    password_hash = None if first else passwords().hash(wanted.password or "")
    kept: dict[str, Any] = {**by.columns(), "password_hash": password_hash}
    if not admission.spend():
        raise RegistrationClosed(AdmissionRefusal.LINK_USED)
    waits = needs_approval(admission)
    if admission.proves_address:
        kept |= {"email_verified_at": utcnow()}
    elif waits or current(AccountsSettings).account_privacy == "private":
        kept |= {"return_to": return_to, "first": first, "needs_approval": waits}
        pending.hold(wanted, kept=kept, requester=requester)
        return CheckInbox()
    refuse_kept_username(wanted, own=kept["registration_digest"])
    user = _add(wanted, first, kept=kept)
    if not user.email_verified_at:
        publish(AddressUnproven(user, return_to=return_to, requester=requester))
    audit.record("register", user_id=user.id, **admission.as_recorded())
    return user


def refuse_kept_username(wanted: NewAccount, *, own: str = "") -> None:
    """Raise UsernameTaken for a username that is kept from who makes an account.

    ``own`` is the digest of who signs up, and may have asked for it before.
    """
    if wanted.username and not is_username_free(wanted.username, but_of=own):
        raise UsernameTaken([FieldError("username", UsernameTaken.code)])


def sign_up_act(requester: Requester, _address: str) -> GuardedAct:
    """Return what a challenge is for that comes before an account is made."""
    return GuardedAct("sign_up", requester, budget=REGISTER_IP)


def register_other(
    wanted: NewAccount, *, by: str, requester: Requester, said: Vouched = NOTHING_SAID
) -> User:
    """Make an account for another user, on an admin's word.

    Its owner proves the address by a mailed link, unless the admin vouches for it;
    without a password, by the one that sets it. Raises InvalidInput, EmailTaken or
    UsernameTaken.
    """
    wanted = wanted.trimmed()
    minimum = current(AccountsSettings).password_min_length
    judged = sign_up_problems(wanted, minimum=minimum, tries=None)
    refuse_problems(judged if wanted.password else account_problems(wanted))
    if wanted.username and is_username_reserved(wanted.username):
        raise UsernameTaken([FieldError("username", UsernameTaken.code)])
    password_hash = passwords().hash(wanted.password) if wanted.password else None
    user = add_user(
        wanted,
        password_hash=password_hash,
        email_verified_at=utcnow() if said.email_verified else None,
        roles=accepted_roles(said.roles),
        must_change_password=bool(password_hash) and said.must_change_password,
    )
    if not password_hash:
        publish(PasswordUnset(user, requester=requester))
    elif not said.email_verified:
        publish(AddressUnproven(user, return_to="", requester=requester))
    audit.record("register", user_id=user.id, by=by)
    return user


def create_user(
    *,
    email: str,
    username: str | None = None,
    password: str | None = None,
    name: str | None = None,
    attributes: Mapping[str, Any] | None = None,
    email_verified: bool = False,
    roles: Iterable[str] = (),
    must_change_password: bool = False,
) -> User:
    """Make an account on an operator's word; nothing is mailed.

    Raises InvalidInput with all mistakes, EmailTaken or UsernameTaken. How good the
    password is, is the operator's to judge: only its length is bounded.
    """
    wanted = NewAccount(email, password, username, name, attributes=attributes)
    wanted = wanted.trimmed()
    refuse_problems(account_problems(wanted))
    user = add_user(
        wanted,
        password_hash=passwords().hash(password) if password else None,
        email_verified_at=utcnow() if email_verified else None,
        roles=accepted_roles(roles),
        must_change_password=must_change_password,
    )
    audit.record("register", user_id=user.id, by="operator")
    return user


def _add(
    wanted: NewAccount, first: FirstPasskey | None, *, kept: dict[str, Any]
) -> User:
    """Add a user with the passkey that takes the place of a password, if one does."""
    if first:
        use_up(first)
    user = add_user(wanted, **kept, **(first.columns if first else {}))
    if first and not keep_first(user, first):
        raise ChallengeUsedUp
    return user


def _refuse_wrong(
    wanted: NewAccount,
    first: FirstPasskey | None,
    *,
    requester: Requester,
    rules: FieldRules,
) -> None:
    """Raise InvalidInput for what is wrong with a sign-up, and RateLimited."""
    tries = REGISTER_IP.meter(network_of(requester.ip))
    if first is None:
        minimum = current(AccountsSettings).password_min_length
        found = sign_up_problems(wanted, minimum=minimum, tries=tries, rules=rules)
        refuse_problems(found)
        return
    refuse_problems(problems_of(wanted, rules=rules))
    tries.count()
