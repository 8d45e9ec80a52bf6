"""What rooms of accounts do when a lower one says that something has happened."""

from idp.accounts.addresses.rows import drop_recent
from idp.accounts.email import change as email_change
from idp.accounts.email import verification as email_verification
from idp.accounts.events import (
    AccessWithdrawn,
    AddressClaimed,
    AddressUnproven,
    PasswordChanged,
    PasswordUnset,
    SessionsEnded,
    UnprovenOwnerRemoved,
    UnverifiedSignIn,
)
from idp.accounts.factors import trusted_browsers
from idp.accounts.factors.passkeys import removal as passkeys
from idp.accounts.password import reset as password_reset
from idp.accounts.policies.effective import demanded_somewhere, places_of
from idp.accounts.policies.keys import REQUIRE_VERIFIED_EMAIL
from idp.accounts.sign_in.reports import REPORTABLE_FOR
from idp.accounts.users import get_user
from idp.core.clock import utcnow
from idp.core.events import EventBus


def subscribe(bus: EventBus) -> None:
    """Follow sign-ups, sign-ins, and changes of what opens an account."""
    bus.subscribe(AddressUnproven, _prove_address)
    bus.subscribe(PasswordUnset, _ask_for_password)
    bus.subscribe(UnverifiedSignIn, _prove_address_if_none_pending)
    bus.subscribe(AddressClaimed, _notify_address_owner)
    bus.subscribe(PasswordChanged, _cancel_email_change)
    bus.subscribe(AccessWithdrawn, _cancel_email_change)
    bus.subscribe(AccessWithdrawn, _remove_passkeys)
    bus.subscribe(UnprovenOwnerRemoved, _remove_strangers_passkeys)
    bus.subscribe(AccessWithdrawn, _remove_recent_addresses)
    bus.subscribe(SessionsEnded, _end_trust)


def _prove_address(event: AddressUnproven) -> None:
    """Mail the proof to the address that the account was made with."""
    email_verification.send_first(
        event.user, return_to=event.return_to, requester=event.requester
    )


def _ask_for_password(event: PasswordUnset) -> None:
    """Mail the link that sets the first password, and proves the address."""
    password_reset.send_set_link(event.user, requester=event.requester)


def _prove_address_if_none_pending(event: UnverifiedSignIn) -> None:
    """Mail the proof to a user who will be asked for it and has none that works.

    None will be where addresses need not be proven; organizations follow this too.
    """
    places = places_of(get_user(event.user_id).roles)
    if not demanded_somewhere(REQUIRE_VERIFIED_EMAIL, places):
        return
    email_verification.send_if_none_pending(event.user_id, requester=event.requester)


def _notify_address_owner(event: AddressClaimed) -> None:
    """Mail the owner of a taken address, in place of telling who tried."""
    email_verification.notify_address_owner(event.owner, requester=event.requester)


def _cancel_email_change(event: PasswordChanged | AccessWithdrawn) -> None:
    """End a change of address that is pending: another may have asked for it."""
    email_change.cancel(event.user_id)


def _remove_passkeys(event: AccessWithdrawn) -> None:
    """Remove what may be another's, where the password was discarded too."""
    if event.session_id is None:
        passkeys.remove_all(event.user_id)


def _remove_strangers_passkeys(event: UnprovenOwnerRemoved) -> None:
    """Remove those that another has signed up with."""
    passkeys.remove_all(event.user_id)


def _remove_recent_addresses(event: AccessWithdrawn) -> None:
    """Remove the addresses that another may have added, who would come back by them.

    Those are as old at most as the sign-in that an owner can report.
    """
    if event.session_id is None:
        drop_recent(event.user_id, since=utcnow() - REPORTABLE_FOR)


def _end_trust(event: SessionsEnded) -> None:
    """Trust no browser any more: who signs out everywhere may have lost one."""
    trusted_browsers.end_all_trust(event.user_id)
