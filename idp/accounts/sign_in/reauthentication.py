"""Proving once more who one is, before what would hurt most in other hands.

A proof holds for ten minutes, and has to be of the best that the user has: of a second
factor, if there is one. A user without a fresh one gives it on a page of its own; who
has a password alone, may give that in the same request (security.md §5).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from idp.accounts.factors.errors import EmailNotVerified, SecondFactorSetupRequired
from idp.accounts.factors.recovery_codes import count_left
from idp.accounts.fields.errors import ProfileIncomplete
from idp.accounts.models import User
from idp.accounts.profile.rules import required_errors
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sessions.proofs import (
    Method,
    Proof,
    asks_second_factor,
    methods_enrolled,
    strongest_at,
)
from idp.accounts.sign_in.completion import SignedIn
from idp.accounts.sign_in.second_factor.step_up import step_up
from idp.accounts.sign_in.stages import Due, Stage, StagePolicy, next_stage
from idp.accounts.sign_in.ways.managed import (
    DirectoryAway,
    has_password,
    is_of_directory,
    own_password_hash,
)
from idp.accounts.terms.errors import TermsAcceptanceRequired
from idp.accounts.users import get_user
from idp.core.clock import utcnow
from idp.core.errors import IdpError
from idp.core.hashing import passwords
from idp.security import audit
from idp.security.ratelimit.budgets import LOGIN_ACCOUNT_IP
from idp.security.ratelimit.meters import network_of
from idp.security.requester import Requester

FRESH = timedelta(minutes=10)


# The strongest first; a recovery code stands for any that was lost.
SECOND_FACTORS = (Method.PASSKEY, Method.TOTP)


class ReauthenticationRequired(IdpError):
    """The last proof of identity is too old for this; any of ``methods`` renews it."""

    code = "reauthentication_required"
    status = HTTPStatus.FORBIDDEN
    title = "Confirm that it’s you first."

    def __init__(self, methods: Iterable[Method]) -> None:
        super().__init__()
        self.methods = tuple(methods)
        self.members = {"methods": [method.value for method in self.methods]}


@dataclass(frozen=True)
class ReauthCredential:
    """What a caller has to show: the time of the last proof, a password if given.

    None where the best that the user has was never shown.
    """

    proven_at: datetime | None
    password: str | None = None

    @classmethod
    def of(cls, live: LiveSession, password: str | None = None) -> "ReauthCredential":
        """Return what a session shows."""
        return cls(strongest_at(live.proven, live.factors), password)

    @property
    def is_fresh(self) -> bool:
        """Tell whether the proof is at most ten minutes old."""
        return self.proven_at is not None and is_recent(self.proven_at)


@dataclass(frozen=True)
class WrongPassword:
    """The password given as a proof does not fit."""

    code: str = "wrong_password"


def methods_of(user: User) -> tuple[Method, ...]:
    """Return by what a user can prove once more who they are."""
    enrolled = methods_enrolled(user.factors)
    own = tuple(method for method in SECOND_FACTORS if method in enrolled)
    if not asks_second_factor(user.factors):
        return (*own, Method.PASSWORD) if has_password(user) else own
    return (*own, Method.RECOVERY_CODE) if count_left(user.id) else own


def is_recent(at: datetime) -> bool:
    """Tell whether a proof of identity is at most ten minutes old."""
    return utcnow() - at <= FRESH


def is_fresh(live: LiveSession) -> bool:
    """Tell whether the user of a session has proven lately who they are."""
    return ReauthCredential.of(live).is_fresh


def require_fresh(live: LiveSession) -> None:
    """Raise ReauthenticationRequired unless that is so."""
    if not is_fresh(live):
        raise ReauthenticationRequired(methods_of(get_user(live.user_id)))


def require_no_stage(live: LiveSession, *, policy: StagePolicy) -> None:
    """Refuse what waits until a policy has what it wants of a session's user.

    Raises ReauthenticationRequired where more is to be proven,
    TermsAcceptanceRequired, EmailNotVerified, SecondFactorSetupRequired and
    ProfileIncomplete.
    """
    due = next_stage(live, live.proven, policy=policy)
    if not isinstance(due, Due):
        return
    if due.stage is Stage.TERMS:
        raise TermsAcceptanceRequired
    if due.stage is Stage.EMAIL:
        raise EmailNotVerified
    if due.stage is Stage.ENROLMENT:
        raise SecondFactorSetupRequired
    if due.stage is Stage.FIELDS:
        raise ProfileIncomplete(list(required_errors(policy.missing())))
    raise ReauthenticationRequired(due.methods)


def check(
    user: User, credential: ReauthCredential, *, requester: Requester
) -> WrongPassword | None:
    """Return None when the caller has proven who they are.

    Raises ReauthenticationRequired without a fresh proof, unless a password is given
    that is the best that the user has, and RateLimited. A password that is given has
    to fit, however fresh the proof.
    """
    alone = not asks_second_factor(user.factors)
    by_password = credential.password is not None and alone
    if not (credential.is_fresh or by_password):
        raise ReauthenticationRequired(methods_of(user))
    if credential.password is None:
        return None
    right = verify_password(user, credential.password, requester=requester)
    return None if right else WrongPassword()


def confirm(
    live: LiveSession, *, password: str, requester: Requester, in_cookies: bool = True
) -> SignedIn | WrongPassword:
    """Renew a session by its password: a new cookie token, and ten minutes' trust.

    Raises ReauthenticationRequired for a user who has a better proof than that, and
    RateLimited.
    """
    user = get_user(live.user_id)
    if asks_second_factor(user.factors):
        raise ReauthenticationRequired(methods_of(user))
    method = _judge_password(user, password, requester=requester)
    if method is None:
        return WrongPassword()
    proof = Proof(method, utcnow())
    return step_up(live, proof, requester=requester, in_cookies=in_cookies)


def verify_password(user: User, password: str, *, requester: Requester) -> bool:
    """Tell whether a password is the user's; wrong ones are counted and recorded.

    It may be that of their directory. Raises RateLimited: a session that was left open
    is no place to guess from; and DirectoryAway. Counted before it is judged: call it
    before the first write.
    """
    return _judge_password(user, password, requester=requester) is not None


def _judge_password(
    user: User, password: str, *, requester: Requester
) -> Method | None:
    """Return what a password proves: ours, or that a directory knows who this is."""
    user_id = user.id
    tries = LOGIN_ACCOUNT_IP.meter(user_id, network_of(requester.ip))
    tries.check()
    tries.count()
    if passwords().verify(own_password_hash(user), password):
        tries.give_back()
        return Method.PASSWORD
    try:
        by_directory = is_of_directory(user, password)
    except DirectoryAway:
        tries.give_back()
        raise
    if by_directory:
        tries.give_back()
        return Method.PROVIDER
    audit.record("login.fail", outcome="refused", user_id=user_id, again=True)
    return None
