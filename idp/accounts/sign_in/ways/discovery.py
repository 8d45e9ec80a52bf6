"""By which ways one signs in as an address or a username, as account privacy has it."""

from dataclasses import dataclass

from idp.accounts.policies.effective import ALL_PEOPLE, at_client, effective
from idp.accounts.policies.keys import (
    IDENTIFIER_FIRST,
    MAGIC_LINK,
    PASSKEY,
    PASSWORD,
    PROVIDER,
)
from idp.accounts.settings import AccountsSettings
from idp.accounts.sign_in.ways.allowed import allowed_ways
from idp.accounts.users import find_by_login
from idp.core.context import current
from idp.core.errors import RateLimited
from idp.security.ratelimit.budgets import DISCOVERY_IP
from idp.security.ratelimit.meters import network_of
from idp.security.requester import Requester

# A link is handed out: nobody asks for one.
TOLD = (PASSWORD, PASSKEY, MAGIC_LINK, PROVIDER)


@dataclass(frozen=True)
class Discovered:
    """What is told of a login; ``exists`` is None where nobody is told that.

    ``ways`` are none of an account that does not exist. Those of one that does lack the
    password if it has none; whether it has a passkey or a link to a provider is never
    told, nor what policies allow its roles alone: that would say whose it is.
    """

    exists: bool | None
    ways: tuple[str, ...]


def ways_to_tell(client_id: str | None = None) -> tuple[str, ...]:
    """Return by which ways anybody may sign in, at a client if one waits."""
    allowed = allowed_ways(client_id)
    return tuple(way for way in TOLD if way in allowed)


def asks_who_first(client_id: str | None) -> bool:
    """Tell whether the page asks who signs in before it shows the ways in."""
    return effective(IDENTIFIER_FIRST, at_client(ALL_PEOPLE, client_id))


def discover(
    login: str, *, requester: Requester, client_id: str | None = None
) -> Discovered:
    """Return what is told of an address or a username; raises RateLimited.

    Where account privacy is ``private`` nothing is looked up, so no answer depends on
    who has an account.
    """
    tries = DISCOVERY_IP.meter(network_of(requester.ip))
    tries.check()
    tries.count()
    return _look_up(login, client_id)


def discover_on_page(
    login: str, *, requester: Requester, client_id: str | None = None
) -> Discovered:
    """Return the same for the page, which goes on when the tries are used up.

    It tells no more then than where account privacy is ``private``, where none is
    counted: a whole office may sign in from one address.
    """
    if _is_private():
        return _untold(client_id)
    try:
        return discover(login, requester=requester, client_id=client_id)
    except RateLimited:
        return _untold(client_id)


def _is_private() -> bool:
    """Tell whether nobody is told who has an account."""
    return current(AccountsSettings).account_privacy == "private"


def _untold(client_id: str | None) -> Discovered:
    """Return what is told of everybody alike."""
    return Discovered(None, ways_to_tell(client_id))


def _look_up(login: str, client_id: str | None) -> Discovered:
    """Return what may be told of a login."""
    if _is_private():
        return _untold(client_id)
    user = find_by_login(login.strip())
    if user is None:
        return Discovered(exists=False, ways=())
    ways = ways_to_tell(client_id)
    if user.password_hash is None:
        ways = tuple(way for way in ways if way != PASSWORD)
    return Discovered(exists=True, ways=ways)
