"""Sign in with a password: a directory judges it where there is one for the login.

What it says is decided on like the word of any other provider (``decision``). A
directory that is away signs in nobody, and nobody waits longer for it than 3 s.
"""

from dataclasses import dataclass, replace
from functools import partial

from idp.accounts.policies.keys import PROVIDER
from idp.accounts.registration.admission import NOTHING, Admission
from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.start import SessionRequest
from idp.accounts.sign_in import known_devices, limits
from idp.accounts.sign_in.completion import SignedIn, tells_of
from idp.accounts.sign_in.limits import AttemptStatus, LoginAttempt
from idp.accounts.sign_in.lock import notify_locked_out
from idp.accounts.sign_in.password import (
    PendingDeletion,
    Refused,
    sign_in_with_password,
)
from idp.accounts.sign_in.pending import FactorRequired
from idp.accounts.sign_in.ways.allowed import AccountPending, allowed_ways
from idp.accounts.sign_in.ways.managed import DirectoryAway
from idp.accounts.users import find_user
from idp.core.clock import utcnow
from idp.core.db import undo_if_used
from idp.core.errors import RateLimited
from idp.core.hashing import passwords
from idp.core.randomness import digest
from idp.federation.ldap.identity import identity_of
from idp.federation.ldap.lookup import verify
from idp.federation.ldap.settings import directory_of
from idp.federation.links.rows import find_linked_user
from idp.federation.presence.marks import welcome_back
from idp.federation.providers.provider import Provider
from idp.federation.sign_in import sign_up
from idp.federation.sign_in.decision import (
    LinkByAddress,
    Refuse,
    SignInLinked,
    SignUp,
    Verdict,
    decide,
)
from idp.federation.sign_in.directories import DirectoryRoute, find_route
from idp.federation.sign_in.enforcement import enforced_at, goes_elsewhere
from idp.federation.sign_in.entry import link_by_address, sign_in_linked
from idp.federation.sign_in.outcomes import (
    Arrived,
    AwaitsApproval,
    Deleting,
    Entered,
    GoesElsewhere,
    NobodySignedIn,
    Visit,
    Waits,
    WaitsFor,
)
from idp.federation.sign_in.requests import Ahead
from idp.federation.sign_in.situation import situation_of, terms_of
from idp.federation.sign_in.waiting import hold
from idp.federation.upstream.errors import UpstreamError
from idp.federation.upstream.identity import UpstreamIdentity
from idp.security import audit

NO_ACCOUNT = "account"


@dataclass(frozen=True)
class DirectoryRefused:
    """The right password of somebody who has no account here, and why not."""

    provider_name: str
    reason: str


@dataclass(frozen=True)
class Here:
    """Where an identity can wait: by a browser's cookie, or a secret like it."""

    browser: str
    ahead: Ahead
    registration: str
    goal: Admission = NOTHING


@dataclass(frozen=True)
class _Judged:
    """What the directories of a login said: who it is, nobody, or why they did not."""

    provider: Provider | None = None
    identity: UpstreamIdentity | None = None
    failures: tuple[tuple[Provider, str], ...] = ()


PasswordOutcome = (
    SignedIn
    | FactorRequired
    | PendingDeletion
    | AccountPending
    | Refused
    | RateLimited
    | DirectoryAway
    | DirectoryRefused
    | GoesElsewhere
    | Waits
)


def sign_in_by_password(
    *,
    login: str,
    password: str,
    request: SessionRequest,
    here: Here,
    client_id: str | None = None,
) -> PasswordOutcome:
    """Judge a password attempt; without a directory as ``sign_in_with_password``.

    Refusals are returned, DirectoryAway among them. At an enforced domain the password
    here is judged as anywhere, so that nothing shows whose it is, but it is good for
    owners alone.
    """
    by_provider = PROVIDER in allowed_ways(client_id)
    judge_here = partial(
        sign_in_with_password,
        login=login,
        password=password,
        request=request,
        client_id=client_id,
        goes_elsewhere=partial(goes_elsewhere, login) if by_provider else None,
    )
    enforced = enforced_at(login) if by_provider else None
    if enforced:
        outcome = judge_here()
        entered = isinstance(outcome, SignedIn | FactorRequired)
        return outcome if entered else GoesElsewhere(enforced)
    route = find_route(login)
    if route is None:
        return judge_here()
    if not by_provider:
        route = replace(route, directories=())
    typed = {"login": login, "password": password}
    return _judge_there(route, **typed, request=request, here=here) or judge_here()


def _judge_there(
    route: DirectoryRoute,
    *,
    login: str,
    password: str,
    request: SessionRequest,
    here: Here,
) -> PasswordOutcome | None:
    """Have the directories of a login judge; None where the password here counts."""
    device = known_devices.find_device(route.user_id, device_token=request.device_token)
    attempt = LoginAttempt(login, route.user_id, device.id, request.requester)
    status = limits.count_attempt(attempt)
    if status.wait_seconds:
        _record_limited(status)
        return RateLimited(status.wait_seconds)
    judged = _judge(route, login=login, password=password)
    if judged.identity is None or judged.provider is None:
        if not route.by_password:
            return _refuse(judged, status)
        status.give_back()
        return None
    if status.account_spent:
        _record_limited(status)
        return Refused()
    _forgive(judged.identity, route, status=status)
    visit = _visit(judged.provider, request, here=here)
    return _enter(judged.identity, visit, here=here)


def _judge(route: DirectoryRoute, *, login: str, password: str) -> _Judged:
    """Ask the directories, before anything is written; refusals cost a hash more."""
    undo_if_used()  # no connection is held while a directory is asked
    failures = []
    for provider in route.directories:
        try:
            entry = verify(directory_of(provider), login=login, password=password)
            if entry is not None:
                identity = identity_of(provider, entry, now=utcnow())
                return _Judged(provider, identity)
        except UpstreamError as error:
            failures.append((provider, error.reason))
    if not route.by_password:
        passwords().verify(None, password)
    return _Judged(failures=tuple(failures))


def _refuse(judged: _Judged, status: AttemptStatus) -> Refused | DirectoryAway:
    """Record an attempt that no directory confirmed."""
    user_id = status.attempt.user_id
    for provider, reason in judged.failures:
        audit.record(
            "provider.refused",
            outcome="refused",
            user_id=user_id,
            provider=provider.id,
            reason=reason,
        )
    if judged.failures:
        status.give_back()
        return DirectoryAway(judged.failures[0][0].name)
    if status.account_spent:
        _record_limited(status)
    else:
        audit.record("login.fail", outcome="refused", user_id=user_id)
    return Refused()


def _forgive(
    identity: UpstreamIdentity, route: DirectoryRoute, *, status: AttemptStatus
) -> None:
    """Forget the wrong tries at an account where its own user had the right password.

    Somebody else in the directory is forgiven this one alone.
    """
    if find_linked_user(identity) == route.user_id:
        status.reset_attempts(status.attempt.login, *route.names)
    else:
        status.give_back()


def _record_limited(status: AttemptStatus) -> None:
    """Record an attempt that did not count, and tell an owner who is locked out."""
    user_id = status.attempt.user_id
    if status.locked and user_id:
        notify_locked_out(user_id, requester=status.attempt.requester)
    audit.record("login.limited", outcome="refused", user_id=user_id)


def _visit(provider: Provider, request: SessionRequest, *, here: Here) -> Visit:
    """Return by which provider somebody comes, to where."""
    goal = here.goal
    return Visit(provider, here.ahead, request, here.registration, lambda _ahead: goal)


def _enter(identity: UpstreamIdentity, visit: Visit, *, here: Here) -> PasswordOutcome:
    """Decide what becomes of an identity, and do it.

    Whoever is signed in here has not asked to link it.
    """
    provider = visit.provider
    situation = situation_of(provider, identity, live=None, linking=False)
    terms = terms_of(visit, situation, address=identity.email)
    verdict = decide(situation, terms)
    if isinstance(verdict, SignUp):
        sign_up.count_try(visit.request.requester)
    if isinstance(verdict, SignInLinked | LinkByAddress):
        visit = replace(visit, is_news=_is_news(verdict.user_id, visit.request))
    if isinstance(verdict, SignInLinked):
        welcome_back(verdict.user_id, provider.id, now=utcnow())
    outcome = _act(verdict, identity, visit=visit)
    match outcome:
        case Arrived():
            return outcome.signed_in
        case Deleting(user_id):
            return PendingDeletion(user_id)
        case AwaitsApproval():
            return AccountPending()
        case NobodySignedIn(reason=reason):
            known = reason == NO_ACCOUNT
            return Refused() if known else DirectoryRefused(provider.name, reason)
    token = hold(identity, browser=digest(here.browser), ahead=here.ahead, user_id=None)
    return Waits(provider, here.ahead, outcome, token)


def _is_news(user_id: str, request: SessionRequest) -> bool:
    """Tell whether the owner of an account is to hear of a program that signs in."""
    user = find_user(user_id)
    if user is None:
        return False
    device = known_devices.find_device(user_id, device_token=request.device_token)
    return tells_of(SessionUser.of(user), request=request, device=device)


def _act(
    verdict: Verdict, identity: UpstreamIdentity, *, visit: Visit
) -> Entered | WaitsFor:
    """Do what was decided, or say what is waited for."""
    match verdict:
        case SignInLinked(user_id):
            return sign_in_linked(user_id, identity, visit=visit)
        case LinkByAddress(user_id, unproven):
            return link_by_address(user_id, identity, visit=visit, unproven=unproven)
        case SignUp(verified):
            made = sign_up.try_to_sign_up(identity, visit=visit, verified=verified)
            return made or WaitsFor.FIELDS
        case Refuse(why):
            return visit.decline(why.value)
    return WaitsFor.SIGN_IN
