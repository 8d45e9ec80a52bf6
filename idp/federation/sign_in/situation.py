"""What is known of an identity here, and on which terms it is judged."""

from idp.accounts.models import UserStatus
from idp.accounts.names import email_key
from idp.accounts.policies.keys import PROVIDER
from idp.accounts.registration.admission import Admission, AdmissionRefusal
from idp.accounts.registration.policy import find_refusal
from idp.accounts.registration.waitlist.letting_in import find_admission_of
from idp.accounts.sessions.find import LiveSession
from idp.accounts.settings import AccountsSettings
from idp.accounts.sign_in.ways.allowed import allowed_ways
from idp.accounts.users import find_by_verified_address, find_user
from idp.core.context import current
from idp.federation.links.rows import find_linked_user
from idp.federation.of_organizations.domains import is_for, may_open
from idp.federation.providers.provider import Provider
from idp.federation.sign_in.decision import (
    LinkPolicy,
    LinkRefusal,
    Owner,
    Situation,
    Terms,
)
from idp.federation.sign_in.enforcement import enforced_for
from idp.federation.sign_in.outcomes import Visit
from idp.federation.upstream.identity import UpstreamIdentity

OPEN = "open"


def situation_of(
    provider: Provider,
    identity: UpstreamIdentity,
    *,
    live: LiveSession | None,
    linking: bool,
) -> Situation:
    """Return who comes back, and to what."""
    linked_to, signed_in = find_linked_user(identity), live.user_id if live else None
    return Situation(
        linked_to=linked_to,
        signed_in=signed_in,
        wants_link=linking,
        verified=identity.verified,
        owner=_owner_of(identity.email) if identity.email else None,
        domain_fits=domain_fits(identity.email, provider),
        openable=_may_be_opened(linked_to or signed_in, provider),
        enforced=enforced_for(identity.email or "") == provider,
    )


def terms_of(visit: Visit, situation: Situation, *, address: str | None) -> Terms:
    """Return what an operator has set, for an identity in a situation."""
    provider = visit.provider
    is_known = situation.linked_to or situation.signed_in or situation.owner
    refused = None
    if not is_known:
        proven = situation.verified and provider.trust_email
        refused = _sign_up_refusal(visit, address, proven=proven)
    return Terms(
        LinkPolicy(provider.link),
        trust_email=provider.trust_email,
        sign_up_refused=refused,
        tells=current(AccountsSettings).account_privacy == OPEN,
    )


def domain_fits(address: str | None, provider: Provider) -> bool:
    """Tell whether an address is of those that a provider is for; all, if it says none.

    None is that another is the only way in for. Who has no address is asked for it, and
    judged then.
    """
    if address is None:
        return True
    sole = enforced_for(address)
    if sole and sole.id != provider.id:
        return False
    return is_for(provider, address)


def admission_at(visit: Visit, address: str | None, *, proven: bool) -> Admission:
    """Return what lets an account be made, for an address that a provider may prove.

    That is a place on the waitlist too, which its owner was mailed a link for.
    """
    admission = visit.admission
    if address is None or not proven:
        return admission
    if find_refusal(admission) is not AdmissionRefusal.WAITLIST:
        return admission
    found = find_admission_of(address)
    return found.toward(admission) if found else admission


def _sign_up_refusal(
    visit: Visit, address: str | None, *, proven: bool
) -> LinkRefusal | None:
    """Say why nobody signs up by a provider; an address is judged once it is known."""
    if not (visit.provider.allows_sign_up and PROVIDER in allowed_ways()):
        return LinkRefusal.SIGN_UP_CLOSED
    admission = admission_at(visit, address, proven=proven)
    refused = find_refusal(admission, address)
    return LinkRefusal(f"sign_up_{refused}") if refused else None


def _owner_of(address: str) -> Owner | None:
    """Return whose account has an address; a further one was proven there."""
    user = find_by_verified_address(address)
    if user is None:
        return None
    primary = user.email_key == email_key(address)
    return Owner(
        user.id,
        email_verified=not primary or user.email_verified_at is not None,
        privileged=bool(user.roles),
        active=user.status == UserStatus.ACTIVE,
    )


def _may_be_opened(user_id: str | None, provider: Provider) -> bool:
    """Tell whether a provider may open the account that it would."""
    if user_id is None or provider.organization_id is None:
        return True
    user = find_user(user_id)
    return user is not None and may_open(provider, user)
