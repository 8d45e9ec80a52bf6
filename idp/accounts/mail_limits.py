"""How many mails anyone may have sent to an address (security.md §6)."""

from collections.abc import Iterable

from idp.accounts.names import email_key
from idp.core.errors import RateLimited
from idp.core.text import is_line
from idp.security.challenge.acts import GuardedAct
from idp.security.ratelimit import meters
from idp.security.ratelimit.budgets import MAIL_ADDRESS, MAIL_IP
from idp.security.ratelimit.meters import network_of
from idp.security.requester import Requester


def may_mail(address: str, *, requester: Requester) -> bool:
    """Count a mail that is asked for; False when the address had its share.

    What is said must not depend on it, nor on whether the address has an account.
    Raises RateLimited for a requester who asks for many.
    """
    MAIL_IP.meter(network_of(requester.ip)).count()
    return has_room(address)


def count_mail(address: str, *, requester: Requester) -> None:
    """Count a mail to an address that was only typed; raises RateLimited.

    For who is signed in, and may be told.
    """
    MAIL_IP.meter(network_of(requester.ip)).count()
    MAIL_ADDRESS.meter(_address_key(address)).count()


def count_mails_to(addresses: Iterable[str]) -> None:
    """Count one mail to each of some addresses, at once; raises RateLimited.

    For who may be told, and asks for many: nobody else is counted.
    """
    mails = [MAIL_ADDRESS.meter(_address_key(address)) for address in addresses]
    wait = max((reading.wait_seconds for reading in meters.read(mails)), default=0)
    if not wait:
        counted = meters.add(mails)
        wait = max((reading.wait_seconds for reading in counted), default=0)
    if wait:
        raise RateLimited(wait)


def has_room(address: str) -> bool:
    """Count a mail to an address; False when it had its share.

    Only mails count: what is asked for in vain does not prolong the wait.
    """
    mails = MAIL_ADDRESS.meter(_address_key(address))
    try:
        mails.check()
        mails.count()
    except RateLimited:
        return False
    return True


def reset_mail_act(requester: Requester, address: str) -> GuardedAct:
    """Return what a challenge is for that comes before a mail for a new password."""
    return _mail_act("password_reset", requester, address=address)


def verification_mail_act(requester: Requester, address: str) -> GuardedAct:
    """Return the same of a mail that proves an address, sent again."""
    return _mail_act("verification", requester, address=address)


def sign_in_mail_act(requester: Requester, address: str) -> GuardedAct:
    """Return the same of a mail to sign in by."""
    return _mail_act("sign_in_mail", requester, address=address)


def waitlist_act(requester: Requester, address: str) -> GuardedAct:
    """Return the same of a mail about a place on the waitlist."""
    return _mail_act("waitlist", requester, address=address)


def _mail_act(name: str, requester: Requester, *, address: str) -> GuardedAct:
    """Return an act that has a mail sent to an address."""
    key = _address_key(address)
    named = (MAIL_ADDRESS.meter(key),) if key else ()
    return GuardedAct(name, requester, budget=MAIL_IP, named=named)


def _address_key(address: str) -> str:
    """Return what stands for an address, however it is typed."""
    return email_key(address) if is_line(address) else ""
