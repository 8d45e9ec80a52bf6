"""What this slice does when a lower one says that something has happened."""

from idp.accounts.events import (
    AccessWithdrawn,
    SignInFinished,
    UnprovenOwnerRemoved,
    UserDisabled,
)
from idp.core.events import EventBus
from idp.federation.links.rows import remove_links
from idp.federation.of_organizations.providers import delete_all
from idp.federation.presence.marks import by_of, keep_shut_out
from idp.federation.providers.cache import list_providers
from idp.federation.sign_in.waiting import take_for_session
from idp.federation.sign_out.upstream_sessions import keep_upstream_session
from idp.organizations.events import OrganizationErased


def subscribe(bus: EventBus) -> None:
    """Follow owners who take their accounts back."""
    bus.subscribe(AccessWithdrawn, _unlink_all)
    bus.subscribe(UnprovenOwnerRemoved, _unlink_strangers)
    bus.subscribe(SignInFinished, _keep_upstream_session)
    bus.subscribe(UserDisabled, _keep_shut_out)
    bus.subscribe(OrganizationErased, _delete_providers)


def _unlink_all(event: AccessWithdrawn) -> None:
    """Unlink what may be another's, where the password was discarded too."""
    if event.session_id is None:
        remove_links(event.user_id)


def _unlink_strangers(event: UnprovenOwnerRemoved) -> None:
    """Unlink what another has signed up by, or linked since."""
    remove_links(event.user_id)


def _delete_providers(event: OrganizationErased) -> None:
    """Delete what signed people in for an organization that is no more."""
    delete_all(event.organization_id)


def _keep_shut_out(event: UserDisabled) -> None:
    """Let nobody but an operator enable whom an operator has disabled."""
    if not event.by.startswith(by_of("")):
        keep_shut_out(event.user_id)


def _keep_upstream_session(event: SignInFinished) -> None:
    """Remember which sign-in elsewhere a session stands on that a second factor began.

    Where there is no provider nothing is asked.
    """
    identity = take_for_session(event.waited) if list_providers() else None
    if identity:
        keep_upstream_session(event.session_id, identity)
