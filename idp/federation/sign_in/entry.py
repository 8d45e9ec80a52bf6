"""Signing in by an identity that is linked, or linked now by its address."""

from dataclasses import replace

from idp.accounts.email.verification import prove_for_owner
from idp.accounts.errors import NotSignedIn
from idp.accounts.models import User, UserStatus
from idp.accounts.policies.keys import PROVIDER
from idp.accounts.policies.ways import may_use, sole_provider
from idp.accounts.sessions.find import SessionUser
from idp.accounts.sessions.guard import raise_version
from idp.accounts.sign_in.completion import (
    SignedIn,
    complete_sign_in,
    record_signed_in,
)
from idp.accounts.sign_in.known_devices import find_device
from idp.accounts.sign_in.pending import FactorRequired
from idp.accounts.users import find_id_by_verified_address, find_user, hold_anew
from idp.core.randomness import digest
from idp.federation.links.notices import record_linked
from idp.federation.links.rows import (
    add_link,
    find_linked_user,
    has_link,
    record_use,
)
from idp.federation.of_organizations.domains import may_open
from idp.federation.providers.provider import Provider
from idp.federation.sign_in.outcomes import (
    AwaitsApproval,
    Deleting,
    Entered,
    Visit,
)
from idp.federation.sign_in.standing import apply_standing
from idp.federation.sign_in.waiting import hold_for_session
from idp.federation.sign_out.upstream_sessions import keep_upstream_session
from idp.federation.upstream.identity import UpstreamIdentity
from idp.security import audit

ELSEWHERE = "elsewhere"
TOLD = (UserStatus.PENDING, UserStatus.DELETING)


def sign_in_linked(
    user_id: str,
    identity: UpstreamIdentity,
    *,
    visit: Visit,
) -> Entered:
    """Sign the user in whose account an identity opens.

    It goes through the stages of every sign-in: a second factor that is due stays due.
    """
    user = find_user(user_id)
    if user is not None and user.status in TOLD:
        return _told(user, visit=visit)
    if user is None or not _opens(user):
        return visit.decline("account", user_id=user_id)
    if _is_anothers(user, visit.provider) or not may_open(visit.provider, user):
        return visit.decline(ELSEWHERE, user_id=user_id)
    if not record_use(identity):
        return visit.decline("account", user_id=user_id)
    outcome = complete(user, identity, visit=visit)
    if outcome is None:
        return visit.decline("account", user_id=user_id)
    return visit.arrive(outcome)


def link_by_address(
    user_id: str,
    identity: UpstreamIdentity,
    *,
    visit: Visit,
    unproven: bool,
) -> Entered:
    """Link the account of an address that both sides have proven, and sign in.

    Of an ``unproven`` one that is the proof: whoever made it before is shut out.
    """
    user = find_user(user_id)
    if (
        user is None
        or not hold_anew(user)
        or not _may_be_linked(user, identity, provider=visit.provider)
    ):
        return visit.decline("account", user_id=user_id)
    if find_linked_user(identity) == user_id:  # in another window, just now
        return sign_in_linked(user_id, identity, visit=visit)
    if unproven and not prove_for_owner(user, identity.email or ""):
        return visit.decline("account", user_id=user_id)
    if has_link(user_id, identity.provider_id):  # a stranger's is gone by now
        return visit.decline("another_linked", user_id=user_id)
    seen = user.security_version
    added = add_link(user.id, identity) if raise_version(user, seen=seen) else None
    if added is None:
        raise NotSignedIn
    audit.record(
        "provider.linked", user_id=user.id, provider=identity.provider_id, by="address"
    )
    record_linked(user, added, requester=visit.request.requester)
    outcome = complete(user, identity, visit=visit)
    if outcome is None:
        raise NotSignedIn
    return visit.arrive(outcome)


def complete(
    user: User, identity: UpstreamIdentity, *, visit: Visit
) -> SignedIn | FactorRequired | None:
    """Begin the session of an identity's user; None where the account has changed."""
    request = visit.request
    apply_standing(user, identity, provider=visit.provider)
    seen = SessionUser.of(user)
    device = find_device(user.id, device_token=request.device_token)
    try:
        outcome = complete_sign_in(
            seen,
            proofs=(replace(identity.proof, provider=identity.provider_id),),
            request=request,
            device=device,
            is_news=visit.is_news,
        )
    except NotSignedIn:
        return None
    session_id = outcome.session.id if isinstance(outcome, SignedIn) else None
    audit.record(
        "provider.login",
        user_id=user.id,
        provider=identity.provider_id,
        session_id=session_id,
    )
    if isinstance(outcome, SignedIn):
        keep_upstream_session(outcome.session.id, identity)
        record_signed_in(outcome, requester=request.requester)
    else:
        waited = digest(outcome.ticket)
        hold_for_session(identity, waited=waited, user_id=user.id)
    return outcome


def _told(user: User, *, visit: Visit) -> Deleting | AwaitsApproval:
    """Say how an account stands that is not in use, to who has shown whose it is."""
    if user.status == UserStatus.DELETING:
        return Deleting(user.id)
    visit.decline("approval", user_id=user.id)
    return AwaitsApproval()


def _may_be_linked(
    user: User, identity: UpstreamIdentity, *, provider: Provider
) -> bool:
    """Tell whether an account that is held is still one that an address links."""
    if not may_open(provider, user):
        return False
    owner_id = find_id_by_verified_address(identity.email or "")
    return _opens(user) and not user.roles and owner_id == user.id


def _is_anothers(user: User, provider: Provider) -> bool:
    """Tell whether another provider is the only way in for a user."""
    sole = sole_provider(user.id, user.roles, email=user.email)
    return sole is not None and sole.id != provider.id


def _opens(user: User) -> bool:
    """Tell whether a provider signs a user in at all."""
    allowed = may_use(PROVIDER, user_id=user.id, roles=user.roles, email=user.email)
    return user.status == UserStatus.ACTIVE and allowed
