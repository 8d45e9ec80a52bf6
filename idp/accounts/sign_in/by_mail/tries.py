"""How many mailed codes may be tried, from where and for whom (security.md §6).

Five of one code, which its row counts (``one_time_tokens``). Beside that a wrong one
counts like a wrong password of its network, and for its user: after some a day no code
of theirs is taken, and the link still is. Addresses without an account count alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from idp.security.ratelimit import meters
from idp.security.ratelimit.budgets import LOGIN_IP, MAILED_CODE
from idp.security.ratelimit.meters import Meter, network_of
from idp.security.requester import Requester


@dataclass(frozen=True)
class CodeTry:
    """One try that was counted before its code is judged.

    With ``wait_seconds`` it is not judged; ``spent``: it is as good as wrong, which
    must not show.
    """

    wait_seconds: int
    spent: bool
    counted: Sequence[Meter] = field(default=(), repr=False)

    def give_back(self) -> None:
        """Take the try back: the code is right. Call it before the first write."""
        meters.give_back(self.counted)


def count_try(whose: str, *, requester: Requester) -> CodeTry:
    """Count a try; ``whose`` is the user's id, or an address that has no account.

    Call it before the first write.
    """
    both = LOGIN_IP.meter(network_of(requester.ip)), MAILED_CODE.meter(whose)
    network, _ = meters.read(both)
    if network.wait_seconds:
        return CodeTry(network.wait_seconds, spent=True)
    network, user = meters.add(both)
    if network.wait_seconds:
        meters.give_back(both)
    return CodeTry(network.wait_seconds, spent=user.wait_seconds > 0, counted=both)
