"""Sign in with a passkey. Every refusal looks the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from idp.accounts.errors import NotSignedIn
from idp.accounts.factors.passkeys.challenges import (
    OpenChallenge,
    Purpose,
    find_challenge,
    issue_challenge,
    spend_challenge,
)
from idp.accounts.factors.passkeys.options import decoys, options_to_sign_in
from idp.accounts.factors.passkeys.registry import (
    find_by_credential,
    usable_ids,
)
from idp.accounts.factors.passkeys.signals import Signal, of_unknown
from idp.accounts.factors.passkeys.use import record_use
from idp.accounts.factors.passkeys.verification import (
    Credential,
    ShownKey,
    id_in,
    verify_shown,
)
from idp.accounts.models import Passkey, User, UserStatus
from idp.accounts.policies.keys import PASSKEY
from idp.accounts.policies.ways import SoleProvider, may_use, sole_provider
from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.start import SessionRequest
from idp.accounts.sign_in.completion import (
    SignedIn,
    complete_sign_in,
    record_signed_in,
    tells_of,
)
from idp.accounts.sign_in.known_devices import find_device
from idp.accounts.sign_in.pending import FactorRequired
from idp.accounts.sign_in.ways.allowed import (
    AccountPending,
    WayNotAllowed,
    allowed_ways,
)
from idp.accounts.sign_in.ways.managed import is_there
from idp.accounts.users import find_by_login, find_user
from idp.security import audit
from idp.security.ratelimit.budgets import PASSKEY_OPTIONS
from idp.security.ratelimit.meters import network_of
from idp.security.requester import Requester

JUDGED = (UserStatus.ACTIVE, UserStatus.PENDING)
PURPOSES = (Purpose.SIGN_IN, Purpose.NOBODY)
Options = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class PasskeyRefused:
    """Whatever is wrong; ``signals`` tell a device that no account has its passkey."""

    signals: Sequence[Signal] = ()


def begin(
    login: str | None, *, browser: str | None, requester: Requester
) -> Options | WayNotAllowed:
    """Return a ticket, and what asks for a passkey: any, or one of who signs in so.

    The ``browser``, if one asks, is the only one that can answer. A login that no
    passkey belongs to gets options that look like any other's. Raises RateLimited.
    """
    if PASSKEY not in allowed_ways():
        return WayNotAllowed()
    tries = PASSKEY_OPTIONS.meter(network_of(requester.ip))
    tries.check()
    tries.count()
    if login is None:
        issued = issue_challenge(Purpose.SIGN_IN, bound_to=browser)
        return issued.ticket, options_to_sign_in(issued)
    user = find_by_login(login)
    own = [] if user is None else usable_ids(user.id, alone=True)
    purpose = Purpose.SIGN_IN if own else Purpose.NOBODY
    user_id = user.id if user and own else None
    issued = issue_challenge(purpose, user_id=user_id, bound_to=browser)
    allowed = own or decoys(user.id if user else login.strip().casefold())
    return issued.ticket, options_to_sign_in(issued, allowed=allowed)


PasskeyJudged = (
    SignedIn
    | FactorRequired
    | PasskeyRefused
    | WayNotAllowed
    | AccountPending
    | SoleProvider
)


def sign_in_with_passkey(
    credential: Credential,
    *,
    ticket: str,
    browsers: list[str],
    request: SessionRequest,
    client_id: str | None = None,
) -> PasskeyJudged:
    """Judge what a passkey has signed, and begin a session.

    The challenge is used up whatever comes of it. ``browsers`` is what the one that
    asks is known by. Policies of the client that waits count too. Only the right
    passkey is told of the provider that is its user's only way in.
    """
    if PASSKEY not in allowed_ways(client_id):
        return WayNotAllowed()
    asked = find_challenge(ticket, purposes=PURPOSES, shown=browsers)
    passkey = find_by_credential(id_in(credential)) if asked else None
    owner = find_user(passkey.user_id) if passkey else None
    outcome = None
    if asked and passkey and owner:
        shown = _judge(credential, passkey, asked=asked, owner=owner)
        outcome = _sign_in(owner, passkey, asked=asked, shown=shown, request=request)
    elif asked:
        spend_challenge(asked)
    if outcome is None:
        user_id = owner.id if owner else None
        audit.record("passkey.refused", outcome="refused", user_id=user_id)
        return PasskeyRefused(of_unknown(id_in(credential)) if asked else ())
    return outcome


def _judge(
    credential: Credential, passkey: Passkey, *, asked: OpenChallenge, owner: User
) -> ShownKey | None:
    """Return what a passkey shows; None when it is not the right one, or not to do."""
    if asked.purpose is Purpose.NOBODY or asked.user_id not in (None, owner.id):
        return None
    if owner.status not in JUDGED or not passkey.signs_in:
        return None
    if not _may_use(owner):
        return None
    shown = verify_shown(credential, passkey, challenge=asked.challenge)
    return shown if shown and is_there(owner) else None


def _may_use(owner: User) -> bool:
    """Tell whether policies let a user sign in so, or a provider does it alone."""
    known: dict[str, Any] = {"user_id": owner.id, "roles": owner.roles}
    ways = may_use(PASSKEY, **known, email=owner.email)
    return ways or sole_provider(**known, email=owner.email) is not None


def _sign_in(
    user: User,
    passkey: Passkey,
    *,
    asked: OpenChallenge,
    shown: ShownKey | None,
    request: SessionRequest,
) -> SignedIn | FactorRequired | AccountPending | SoleProvider | None:
    """Sign in who has shown a passkey, unless the challenge or the key is used up."""
    seen = SessionUser.of(user)
    device = find_device(user.id, device_token=request.device_token)
    is_news = shown is not None and tells_of(seen, request=request, device=device)
    if not spend_challenge(asked) or shown is None or not record_use(passkey, shown):
        return None
    if user.status == UserStatus.PENDING:
        audit.record("login.fail", outcome="refused", user_id=user.id, method=PASSKEY)
        return AccountPending()
    sole = sole_provider(user.id, user.roles, email=user.email)
    if sole:
        audit.record("passkey.refused", outcome="refused", user_id=user.id)
        return sole
    try:
        outcome = complete_sign_in(
            seen,
            proofs=(shown.proof(),),
            request=request,
            device=device,
            is_news=is_news,
        )
    except NotSignedIn:
        return None
    if isinstance(outcome, SignedIn):
        record_signed_in(outcome, requester=request.requester)
    return outcome
