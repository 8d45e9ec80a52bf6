"""What is asked of a server that a program may ask for again and again."""

from collections.abc import Callable
from dataclasses import dataclass

from idp.core.context import current
from idp.core.sealing import Keyring
from idp.security.ratelimit.meters import Budget, Meter, network_of
from idp.security.requester import Requester


@dataclass(frozen=True)
class GuardedAct:
    """One thing that is asked for; an answer is for one of them, from one network.

    ``budget`` is what counts it by network; ``named`` count it by the name or address
    that was typed, whether or not there is such an account.
    """

    name: str
    requester: Requester
    budget: Budget
    named: tuple[Meter, ...] = ()

    @property
    def meters(self) -> tuple[Meter, ...]:
        """Return all that counts it openly."""
        return self.budget.meter(self.network), *self.named

    @property
    def unanswered(self) -> Meter:
        """Return what counts it where scripts are off: a tenth of the budget."""
        return self.budget.tenth.meter(self.network)

    @property
    def network(self) -> str:
        """Return what counts as one address."""
        return network_of(self.requester.ip)

    @property
    def network_mac(self) -> str:
        """Return what stands for the network where others can read it."""
        return current(Keyring).mac("challenge-network", self.network)[:22]


ActOf = Callable[[Requester, str], GuardedAct]  # of a name or address, or of ""
