"""What this slice does when a lower one says that something has happened."""

from idp.accounts.events import AccessWithdrawn, UnprovenOwnerRemoved, UserDisabled
from idp.core.events import EventBus
from idp.federation.links.rows import remove_links
from idp.federation.presence.marks import by_of, keep_shut_out


def subscribe(bus: EventBus) -> None:
    """Follow owners who take their accounts back."""
    bus.subscribe(AccessWithdrawn, _unlink_all)
    bus.subscribe(UnprovenOwnerRemoved, _unlink_strangers)
    bus.subscribe(UserDisabled, _keep_shut_out)


def _unlink_all(event: AccessWithdrawn) -> None:
    """Unlink what may be another's, where the password was discarded too."""
    if event.session_id is None:
        remove_links(event.user_id)


def _unlink_strangers(event: UnprovenOwnerRemoved) -> None:
    """Unlink what another has signed up by, or linked since."""
    remove_links(event.user_id)


def _keep_shut_out(event: UserDisabled) -> None:
    """Let nobody but an operator enable whom an operator has disabled."""
    if not event.by.startswith(by_of("")):
        keep_shut_out(event.user_id)
