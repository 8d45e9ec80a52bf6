"""How many wrong passwords are borne, of whom and from where (security.md §6).

What counts is what was typed, not whether it exists. A browser that the account's owner
has signed in with before has tries of its own at the account, so that strangers cannot
use up the owner's.
"""

from dataclasses import dataclass

from idp.accounts.names import email_key, username_key
from idp.core.text import is_line
from idp.security.ratelimit import budgets, meters
from idp.security.ratelimit.meters import Meter, network_of
from idp.security.requester import Requester


@dataclass(frozen=True)
class Tries:
    """What one more wrong password is counted on.

    ``consecutive`` are the wrong ones in a row, ``slowly`` paces what may still be
    tried once ``account`` is used up.
    """

    here: Meter
    network: Meter
    account: Meter
    slowly: Meter
    consecutive: Meter

    def count(self) -> None:
        """Count a wrong password; it stays counted whatever becomes of the request."""
        meters.add(
            (self.here, self.network, self.account, self.slowly, self.consecutive)
        )


@dataclass(frozen=True)
class AttemptStatus:
    """How many tries are left before a password is judged.

    ``locked``: so many were wrong in a row that only the owner can end it.
    """

    tries: Tries
    wait_seconds: int
    unused: bool
    locked: bool

    def reset_attempts(self) -> None:
        """Forget, after the right password, the wrong ones from here and in a row."""
        if not self.unused:
            meters.clear((self.tries.here, self.tries.consecutive))


def read_attempts(
    login: str, *, requester: Requester, device_id: str | None
) -> AttemptStatus:
    """Return how many tries a login has left, by one SELECT."""
    tries = _tries_at(login, requester=requester, device_id=device_id)
    here, network, account, slowly, consecutive = meters.read(
        (tries.here, tries.network, tries.account, tries.slowly, tries.consecutive)
    )
    paced = slowly.wait_seconds if account.wait_seconds else 0
    waits = (here.wait_seconds, network.wait_seconds, consecutive.wait_seconds, paced)
    unused = not (here.tries or consecutive.tries)
    locked = consecutive.wait_seconds > 0
    return AttemptStatus(tries, max(waits), unused=unused, locked=locked)


def forget_consecutive_failures(*logins: str | None) -> None:
    """Give an account its tries back: its mailbox has said that the owner is there."""
    for login in filter(None, logins):
        meters.clear((_consecutive((_login_key(login),)),))


def _tries_at(login: str, *, requester: Requester, device_id: str | None) -> Tries:
    """Return what counts for a login as it was typed; ``device_id`` if it is known."""
    account, network = _login_key(login), network_of(requester.ip)
    tried_by = (account, device_id) if device_id else (account,)
    return Tries(
        here=budgets.LOGIN_ACCOUNT_IP.meter(account, network),
        network=budgets.LOGIN_IP.meter(network),
        account=budgets.LOGIN_ACCOUNT.meter(*tried_by),
        slowly=budgets.LOGIN_ACCOUNT_SLOW.meter(*tried_by),
        consecutive=_consecutive(tried_by),
    )


def _consecutive(tried_by: tuple[str, ...]) -> Meter:
    """Return the meter of wrong passwords in a row."""
    return budgets.LOGIN_RUN.meter(*tried_by)


def _login_key(login: str) -> str:
    """Return what stands for an email address or username, however it is typed."""
    if not is_line(login):
        return ""
    return email_key(login) if "@" in login else username_key(login)
