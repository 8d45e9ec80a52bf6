"""What is known of an identity here, and on which terms it is judged."""

from idp.accounts.models import UserStatus
from idp.accounts.names import email_key
from idp.accounts.policies.effective import effective
from idp.accounts.policies.keys import PROVIDER, REGISTRATION
from idp.accounts.sessions.find import LiveSession
from idp.accounts.settings import AccountsSettings
from idp.accounts.sign_in.ways.allowed import allowed_ways
from idp.accounts.users import find_by_verified_address
from idp.core.context import current
from idp.federation.links.rows import find_linked_user
from idp.federation.providers.provider import Provider
from idp.federation.sign_in.decision import LinkPolicy, Owner, Situation, Terms
from idp.federation.sign_in.enforcement import domain_of
from idp.federation.upstream.identity import UpstreamIdentity

CLOSED = "closed"
OPEN = "open"


def situation_of(
    provider: Provider,
    identity: UpstreamIdentity,
    *,
    live: LiveSession | None,
    linking: bool,
) -> Situation:
    """Return who comes back, and to what."""
    return Situation(
        linked_to=find_linked_user(identity),
        signed_in=live.user_id if live else None,
        wants_link=linking,
        verified=identity.verified,
        owner=_owner_of(identity.email) if identity.email else None,
        domain_fits=domain_fits(identity.email, provider.domains),
    )


def terms_of(provider: Provider) -> Terms:
    """Return what an operator has set."""
    is_way = PROVIDER in allowed_ways()
    return Terms(
        LinkPolicy(provider.link),
        trust_email=provider.trust_email,
        may_sign_up=provider.allows_sign_up
        and is_way
        and effective(REGISTRATION) != CLOSED,
        tells=current(AccountsSettings).account_privacy == OPEN,
    )


def domain_fits(address: str | None, domains: tuple[str, ...]) -> bool:
    """Tell whether an address is of those that a provider is for; all, if it says none.

    One without an address is asked for it, and judged then.
    """
    if not domains or address is None:
        return True
    return domain_of(address) in domains


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
