"""What programs may call: a path, and the function that answers it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, IntEnum, auto

from idp.oauth.protocol.machine import MachineAnswer, MachineRequest


class Readers(Enum):
    """Pages of which other origins may call an endpoint and read what it answers."""

    NOBODY = auto()
    REGISTERED = auto()
    ANYONE = auto()


class Work(IntEnum):
    """What an answer usually takes, from the least to the most.

    MEMORY asks no database; READING makes single SELECTs, of no transaction.
    """

    MEMORY = auto()
    READING = auto()
    WRITING = auto()


def reads(_request: MachineRequest) -> Work:
    """Say of every request that its answer reads."""
    return Work.READING


def remembers(_request: MachineRequest) -> Work:
    """Say of every request that its answer is in memory."""
    return Work.MEMORY


def _writes(_request: MachineRequest) -> Work:
    """Say of every request that its answer may write."""
    return Work.WRITING


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path that programs call, without cookies.

    What ``respond`` did is committed when it returns, a refusal too, and undone when
    it raises. ``work`` may be wrong, which only costs time.
    """

    path: str
    respond: Callable[[MachineRequest], MachineAnswer]
    methods: tuple[str, ...] = ("POST",)
    readers: Readers = Readers.NOBODY
    work: Callable[[MachineRequest], Work] = _writes
    understood: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        also = {"OPTIONS", "HEAD"} if "GET" in self.methods else {"OPTIONS"}
        object.__setattr__(self, "understood", frozenset({*self.methods, *also}))
