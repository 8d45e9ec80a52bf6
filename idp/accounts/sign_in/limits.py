"""How many wrong passwords are allowed, for whom and from where (security.md §6).

A try is counted before the password is judged, so that of many at once no more are
judged than are allowed; the right password gives it back.

What counts openly is what was typed, whether or not it exists. The account behind it
has the same tries once, under whichever of its names; when they alone are used up, the
answer is that of a wrong password, and 429 never tells which names are one account's. A
browser that the owner has signed in with before has tries of its own at the account, so
that strangers cannot use up the owner's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from idp.accounts.names import email_key, username_key
from idp.core.text import is_line
from idp.security.challenge.acts import GuardedAct
from idp.security.ratelimit import budgets, meters
from idp.security.ratelimit.meters import Meter, Reading, network_of
from idp.security.requester import Requester

ACCOUNT, TYPED_NAME, SPENT = "account", "typed", "spent"


@dataclass(frozen=True)
class LoginAttempt:
    """Who is tried to sign in, and where from.

    ``user_id`` is None where the ``login`` that was typed names no account,
    ``device_id`` where the account does not know the browser.
    """

    login: str
    user_id: str | None
    device_id: str | None
    requester: Requester


@dataclass(frozen=True)
class AttemptStatus:
    """What became of counting a try.

    With ``wait_seconds`` the password is not judged. ``account_spent``: only the
    account's own tries are used up, which must not show. ``locked``: so many were wrong
    in a row that only the owner can end it.
    """

    attempt: LoginAttempt
    wait_seconds: int
    account_spent: bool = False
    locked: bool = False
    counted: Sequence[Meter] = field(default=(), repr=False)

    def give_back(self) -> None:
        """Take back the try: nothing was learned by it."""
        meters.give_back(self.counted)

    def reset_attempts(self, *names: str | None) -> None:
        """Forget, after the right password, the wrong ones from here and in a row.

        ``names`` are all by which the account can be signed in to.
        """
        keys = {_login_key(name) for name in names if name}
        tries = [_tries_by(key, self.attempt) for key in keys]
        tries.append(_tries_of_account(self.attempt))
        forgotten = [each for of in tries for each in (of.here, of.consecutive)]
        kept = [meter for meter in self.counted if meter not in forgotten]
        meters.give_back(kept, forgotten=forgotten)


def count_attempt(attempt: LoginAttempt) -> AttemptStatus:
    """Count a try before its password is judged; a refused one is not counted.

    Call it before the first write. It costs the same for known and unknown accounts,
    and whether or not the account's own tries are used up.
    """
    network = budgets.LOGIN_IP.meter(network_of(attempt.requester.ip))
    typed = _tries_by(_login_key(attempt.login), attempt)
    account = _tries_of_account(attempt)
    shown = (*typed.meters, network)
    before = meters.read((*shown, *account.meters))
    status = _status(attempt, before)
    if status.wait_seconds:
        return status
    if status.account_spent:
        account = _tries_by(_login_key(attempt.login), attempt, kind=SPENT)
    counted = (*shown, *account.meters)
    after = _status(attempt, meters.add(counted), counted=counted)
    if after.wait_seconds:
        after.give_back()
        return after
    return status if status.account_spent else after


def sign_in_act(requester: Requester, login: str) -> GuardedAct:
    """Return what a challenge is for that comes before a password is judged.

    It depends on what counts openly alone, so it is the same for every account.
    """
    key = _login_key(login)
    named: tuple[Meter, ...] = ()
    if key:
        attempt = LoginAttempt(login, None, None, requester)
        tries = _tries_by(key, attempt)
        named = tries.here, tries.anywhere, tries.consecutive
    return GuardedAct("sign_in", requester, budget=budgets.LOGIN_IP, named=named)


def forget_consecutive_failures(user_id: str, *logins: str | None) -> None:
    """Give an account its tries back: its mailbox has said that the owner is there."""
    keys = [(TYPED_NAME, _login_key(login)) for login in logins if login]
    runs = [budgets.LOGIN_RUN.meter(*key) for key in [*keys, (ACCOUNT, user_id)]]
    meters.give_back((), forgotten=runs)


@dataclass(frozen=True)
class _Tries:
    """What a wrong password is counted on, under one name or for one account.

    ``consecutive`` are the wrong ones in a row, ``slowly`` paces what may still be
    tried once ``anywhere`` is used up.
    """

    here: Meter
    anywhere: Meter
    slowly: Meter
    consecutive: Meter

    @property
    def meters(self) -> tuple[Meter, ...]:
        """Return the meters, in the order in which ``_wait`` reads them."""
        return self.here, self.anywhere, self.slowly, self.consecutive


def _tries_by(key: str, attempt: LoginAttempt, *, kind: str = TYPED_NAME) -> _Tries:
    """Return what counts for a name as it was typed."""
    return _tries((kind, key), attempt)


def _tries_of_account(attempt: LoginAttempt) -> _Tries:
    """Return what counts for the account; for none, of the name once more."""
    if attempt.user_id is None:
        return _tries((ACCOUNT, TYPED_NAME, _login_key(attempt.login)), attempt)
    return _tries((ACCOUNT, attempt.user_id), attempt)


def _tries(key: tuple[str, ...], attempt: LoginAttempt) -> _Tries:
    """Return the meters of a key."""
    tried_by = (*key, attempt.device_id) if attempt.device_id else key
    return _Tries(
        here=budgets.LOGIN_ACCOUNT_IP.meter(*key, network_of(attempt.requester.ip)),
        anywhere=budgets.LOGIN_ACCOUNT.meter(*tried_by),
        slowly=budgets.LOGIN_ACCOUNT_SLOW.meter(*tried_by),
        consecutive=budgets.LOGIN_RUN.meter(*tried_by),
    )


def _status(
    attempt: LoginAttempt, shown: Sequence[Reading], *, counted: Sequence[Meter] = ()
) -> AttemptStatus:
    """Return what the meters of a name, of the network and of the account say."""
    typed, (network,), account = shown[:4], shown[4:5], shown[5:]
    return AttemptStatus(
        attempt,
        wait_seconds=max(_wait(typed), network.wait_seconds),
        account_spent=_wait(account) > 0,
        locked=max(typed[3].wait_seconds, account[3].wait_seconds) > 0,
        counted=counted,
    )


def _wait(shown: Sequence[Reading]) -> int:
    """Return how long until one more try is judged, or 0; of ``_Tries.meters``."""
    here, anywhere, slowly, consecutive = shown
    paced = slowly.wait_seconds if anywhere.wait_seconds else 0
    return max(here.wait_seconds, consecutive.wait_seconds, paced)


def _login_key(login: str) -> str:
    """Return what stands for an email address or username, however it is typed."""
    if not is_line(login):
        return ""
    return email_key(login) if "@" in login else username_key(login)
