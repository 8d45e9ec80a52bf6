"""How many wrong passwords are borne, of whom and from where (security.md §6).

What counts is what was typed, not whether it exists. A browser that the account's owner
has signed in with before has tries of its own at the account, so that strangers cannot
use up the owner's.
"""

from dataclasses import dataclass

from idp.accounts.names import email_key, username_key
from idp.core.text import is_line
from idp.security.caller import caller
from idp.security.ratelimit import attempts as meters
from idp.security.ratelimit.attempts import Meter
from idp.security.ratelimit.budgets import network_of


@dataclass(frozen=True)
class TooManyTries:
    """No password is judged before ``retry_after_seconds`` have passed."""

    retry_after_seconds: int
    code: str = "too_many_requests"


@dataclass(frozen=True)
class Tries:
    """What one more wrong password is counted on.

    ``run`` are the wrong ones in a row, ``slowly`` paces what may still be tried once
    ``account`` is used up.
    """

    here: Meter
    network: Meter
    account: Meter
    slowly: Meter
    run: Meter

    def count(self) -> None:
        """Count a wrong password; it stays counted whatever becomes of the request."""
        meters.add((self.here, self.network, self.account, self.slowly, self.run))


@dataclass(frozen=True)
class Standing:
    """How it stands with the tries before a password is judged.

    ``locked``: so many were wrong in a row that only the owner can end it.
    """

    tries: Tries
    wait_seconds: int
    spotless: bool
    locked: bool

    def forgive(self) -> None:
        """Forget, after the right password, the wrong ones from here and the run."""
        if not self.spotless:
            meters.clear((self.tries.here, self.tries.run))


def look(login: str, *, device_id: str | None) -> Standing:
    """Return how it stands with a login, by one SELECT."""
    tries = _tries_at(login, device_id=device_id)
    here, network, account, slowly, run = meters.read(
        (tries.here, tries.network, tries.account, tries.slowly, tries.run)
    )
    paced = slowly.wait_seconds if account.wait_seconds else 0
    waits = (here.wait_seconds, network.wait_seconds, run.wait_seconds, paced)
    spotless = not (here.tries or run.tries)
    locked = run.wait_seconds > 0
    return Standing(tries, max(waits), spotless=spotless, locked=locked)


def forget_run(*logins: str | None) -> None:
    """Give an account its tries back: its mailbox has said that the owner is there."""
    for login in filter(None, logins):
        meters.clear((_tries_at(login, device_id=None).run,))


def _tries_at(login: str, *, device_id: str | None) -> Tries:
    """Return what counts for a login as it was typed; ``device_id`` if it is known."""
    account, network = _login_key(login), network_of(caller().ip)
    tried_by = (account, device_id) if device_id else (account,)
    return Tries(
        here=Meter.named("login_account_ip", account, network),
        network=Meter.named("login_ip", network),
        account=Meter.named("login_account", *tried_by),
        slowly=Meter.named("login_account_slow", *tried_by),
        run=Meter.named("login_run", *tried_by),
    )


def _login_key(login: str) -> str:
    """Return what stands for an email address or username, however it is typed."""
    if not is_line(login):
        return ""
    return email_key(login) if "@" in login else username_key(login)
