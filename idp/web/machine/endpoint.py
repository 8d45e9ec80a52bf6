"""What programs may call: a path, and the function that answers it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from idp.oauth.protocol.machine import MachineAnswer, MachineRequest


class Readers(Enum):
    """Pages of which other origins may call an endpoint and read what it answers."""

    NOBODY = auto()
    REGISTERED = auto()
    ANYONE = auto()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path that programs call, without cookies.

    What ``respond`` did is committed when it returns, a refusal too, and undone when
    it raises.
    """

    path: str
    respond: Callable[[MachineRequest], MachineAnswer]
    methods: tuple[str, ...] = ("POST",)
    readers: Readers = Readers.NOBODY
    understood: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        also = {"OPTIONS", "HEAD"} if "GET" in self.methods else {"OPTIONS"}
        object.__setattr__(self, "understood", frozenset({*self.methods, *also}))
