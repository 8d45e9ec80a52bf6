"""How many mails anyone may have sent to an address (security.md §6)."""

from idp.accounts.names import email_key
from idp.core.errors import RateLimited
from idp.core.text import is_line
from idp.security.ratelimit import budgets as ratelimit
from idp.security.ratelimit.budgets import Budget, network_of
from idp.security.requester import Requester


def may_mail(address: str, *, requester: Requester) -> bool:
    """Count a mail that is asked for; False when the address had its share.

    What is said must not depend on it, nor on whether the address has an account.
    Raises RateLimited for a requester who asks for many.
    """
    ratelimit.count(Budget.named("mail_ip"), network_of(requester.ip))
    return has_room(address)


def has_room(address: str) -> bool:
    """Count a mail to an address; False when it had its share.

    Only mails count: what is asked for in vain does not prolong the wait.
    """
    budget, key = Budget.named("mail_address"), _address_key(address)
    try:
        ratelimit.check(budget, key)
        ratelimit.count(budget, key)
    except RateLimited:
        return False
    return True


def _address_key(address: str) -> str:
    """Return what stands for an address, however it is typed."""
    return email_key(address) if is_line(address) else ""
