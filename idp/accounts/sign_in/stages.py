"""What still stands between proofs of identity and the page behind them (pure).

The one function that every way to a session goes through: sign-in, reset, link, device,
new proof. It is asked when a session is to begin, and again by what needs more.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from urllib.parse import urlencode

from idp.accounts.factors.assurance import (
    AAL1,
    NO_ACR,
    AcrRequest,
    acr_of,
    level_of,
    meets,
    strictest,
)
from idp.accounts.policies.keys import OFF, OPTIONAL, REQUIRED
from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.proofs import (
    FACTORS,
    Factor,
    Method,
    Proof,
    Proofs,
    amr_of,
    asks_second_factor,
    auth_time_of,
    factors_of,
    methods_enrolled,
    of_two_factors,
    with_proof,
)

# The strongest first; what stands for a lost one last.
FURTHER = (Method.PASSKEY, Method.TOTP, Method.EMAIL_CODE, Method.RECOVERY_CODE)


class Stage(Enum):
    """Something a user has to do before going on, by the path of its page."""

    SECOND_FACTOR = "/login/second-factor"
    PASSWORD = "/account/password"  # noqa: S105 - a path
    TERMS = "/terms"
    EMAIL = "/email-verification"
    ENROLMENT = "/account/second-factor"
    FIELDS = "/account/complete"


def _nothing_missing() -> Sequence[str]:
    """Say that a user has given, and accepted, all that has to be."""
    return ()


@dataclass(frozen=True)
class StagePolicy:
    """What policies, and a request, want of a user who signs in.

    ``acr`` is the level that has to be reached, ``asked`` what a client would have.
    ``enrolment_waits`` while a user may still go without a second factor that is
    required; ``email_code`` lets one that is mailed count as that, ``trusted_browsers``
    that the browser was trusted. ``unaccepted`` finds the terms that the user has not
    accepted, ``missing`` the fields that have to be given and are not yet; both are
    asked only once enough is proven.
    """

    verified_email: bool = True
    second_factor: str = OPTIONAL
    acr: str = AAL1
    asked: AcrRequest = NO_ACR
    enrolment_waits: bool = False
    email_code: bool = False
    trusted_browsers: bool = True
    unaccepted: Callable[[], Sequence[object]] = field(
        default=_nothing_missing, compare=False, repr=False
    )
    missing: Callable[[], Sequence[str]] = field(
        default=_nothing_missing, compare=False, repr=False
    )


NOTHING_SPECIAL = StagePolicy()


@dataclass(frozen=True)
class Due:
    """What is to be done next; a second factor by any of ``methods``, the best first.

    What is behind SECOND_FACTOR is no session yet; the others are stages of one.
    """

    stage: Stage
    methods: tuple[Method, ...] = ()


@dataclass(frozen=True)
class Unmet:
    """Nothing is due, and of what a client must have the user can reach nothing."""


@dataclass(frozen=True)
class Assurance:
    """Nothing is due: what tokens say of the sign-in."""

    acr: str
    amr: list[str]
    auth_time: datetime


def next_stage(
    user: SessionUser, proofs: Proofs, *, policy: StagePolicy
) -> Due | Unmet | Assurance:
    """Return what is to be done next, or what the sign-in is worth.

    A second factor comes first: without it the password may be anybody's. Then the
    password: one that another has seen protects nothing. Then what has to be accepted.
    What is to be known of a user comes last, when it is sure who that is.
    """
    methods = methods_due(user, proofs, policy=policy)
    if methods:
        return Due(Stage.SECOND_FACTOR, methods)
    stage = _stage_of_session(user, proofs, policy=policy)
    if stage:
        return Due(stage)
    if policy.asked.essential and not _aim(user, proofs, policy=policy):
        return Unmet()
    acr = acr_of(proofs, policy.asked)
    return Assurance(acr, amr_of(proofs), auth_time_of(proofs))


def methods_due(
    user: SessionUser, proofs: Proofs, *, policy: StagePolicy
) -> tuple[Method, ...]:
    """Return by which methods a user is to prove more, none when that is enough.

    Those that do for all that is wanted; where there are none, those that do for the
    second factor.
    """
    second_due = _second_factor_due(user, proofs, policy=policy)
    aim = strictest((policy.acr, _aim(user, proofs, policy=policy) or AAL1))
    level_due = not meets(level_of(proofs), aim)
    if not (second_due or level_due):
        return ()
    further = {
        method: _and(proofs, method) for method in _open_to(user, proofs, policy=policy)
    }
    seconds = {
        method: then
        for method, then in further.items()
        if not second_due or _has_second_factor(then, policy)
    }
    enough = tuple(m for m, then in seconds.items() if meets(level_of(then), aim))
    return enough or (tuple(seconds) if second_due else ())


def stage_url(stage: Stage, return_to: str) -> str:
    """Return the stage's page, which leads on to ``return_to``."""
    return f"{stage.value}?{urlencode({'return_to': return_to})}"


def _stage_of_session(
    user: SessionUser, proofs: Proofs, *, policy: StagePolicy
) -> Stage | None:
    """Return what a user who has proven enough has to do first, if anything."""
    if user.must_change_password:
        return Stage.PASSWORD
    if policy.unaccepted():
        return Stage.TERMS
    if policy.verified_email and not user.email_verified:
        return Stage.EMAIL
    if _must_enrol(proofs, policy=policy):
        return Stage.ENROLMENT if user.email_verified else Stage.EMAIL
    return Stage.FIELDS if policy.missing() else None


def _aim(user: SessionUser, proofs: Proofs, *, policy: StagePolicy) -> str | None:
    """Return the first level asked for that is met, or will be by one more proof."""
    further = (_and(proofs, m) for m in _open_to(user, proofs, policy=policy))
    reached = strictest(map(level_of, (proofs, *further)))
    return next((asked for asked in policy.asked.values if meets(reached, asked)), None)


def _second_factor_due(
    user: SessionUser, proofs: Proofs, *, policy: StagePolicy
) -> bool:
    """Tell whether a second factor is to be shown, by who has one or must have."""
    asked = policy.second_factor == REQUIRED or asks_second_factor(user.factors)
    return (
        asked and policy.second_factor != OFF and not _has_second_factor(proofs, policy)
    )


def _has_second_factor(proofs: Proofs, policy: StagePolicy) -> bool:
    """Tell whether proofs are of two factors, be one a mailbox, or need no second."""
    if of_two_factors(proofs):
        return True
    methods = {proof.method for proof in proofs}
    mailed = Method.EMAIL_CODE in methods and len(factors_of(proofs)) > 1
    trusted = policy.trusted_browsers and Method.TRUSTED_BROWSER in methods
    return (mailed and policy.email_code) or trusted


def _must_enrol(proofs: Proofs, *, policy: StagePolicy) -> bool:
    """Tell whether a user lacks a factor that is wanted; they have none that does."""
    if not meets(level_of(proofs), policy.acr):
        return True
    required = policy.second_factor == REQUIRED and not policy.enrolment_waits
    return required and not _has_second_factor(proofs, policy)


def _open_to(
    user: SessionUser, proofs: Proofs, *, policy: StagePolicy
) -> Iterable[Method]:
    """Return the methods by which a user can prove more, the strongest first.

    One mailbox is one factor: no code is mailed after a link was.
    """
    shown = factors_of(proofs)
    has = methods_enrolled(user.factors)
    if asks_second_factor(user.factors):
        has.add(Method.RECOVERY_CODE)
    if policy.email_code and user.email_verified and Factor.MAILBOX not in shown:
        has.add(Method.EMAIL_CODE)
    return [m for m in FURTHER if m in has and FACTORS[m] not in shown]


def _and(proofs: Proofs, method: Method) -> Proofs:
    """Return the proofs as they would be with one more."""
    return with_proof(proofs, Proof(method, auth_time_of(proofs)))
