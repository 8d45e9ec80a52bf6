"""Work of the loop's thread that steps aside while it waits.

Rules are plain functions: the loop's thread, and everybody with it, would wait whenever
one of them waits for PostgreSQL. In a turn they run in a greenlet. What waits there
gives the thread back to the loop and goes on, in the middle of its function, when its
answer has come. A thread for each of them would cost more than most answers: two
threads that are awake pass the interpreter's lock to each other.

A turn steps aside only where it says so, so what happens in between is never
interleaved. No lock may be held while stepping aside: whoever asks for it then is in
the same thread.
"""

import asyncio
import select
from asyncio import AbstractEventLoop, Future
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

T = TypeVar("T")

MOST_EVENTS = 64
POSSIBLE = hasattr(select, "epoll")  # on Linux


class Sockets:
    """What turns wait for, which the loop watches as one file.

    uvloop tells nobody of a socket that its other side has reset. And a file that it
    watches may not be closed before it knows, which libpq does; the system takes such
    a file out of an epoll itself.
    """

    def __init__(self, loop: AbstractEventLoop) -> None:
        self.loop = loop
        self._epoll = select.epoll()
        self._waiting: dict[int, Turn] = {}
        loop.add_reader(self._epoll.fileno(), self._wake)

    def wait(self, turn: "Turn", *, number: int, events: int) -> None:
        """Let the loop go on until a socket is ready, or failed.

        It is watched once: nobody wakes up for what comes while no turn waits.
        """
        self._waiting[number] = turn
        try:
            self._epoll.modify(number, events | select.EPOLLONESHOT)
        except FileNotFoundError:
            self._epoll.register(number, events | select.EPOLLONESHOT)
        turn.step_aside()

    def _wake(self) -> None:
        for number, _ in self._epoll.poll(0, MOST_EVENTS):
            self._waiting.pop(number).switch()


class Turns:
    """The turns of one loop; at most ``most`` of them work with the database."""

    def __init__(self, most: int) -> None:
        self._sockets: Sockets | None = None
        self._free = most
        self._waiting: deque[Turn] = deque()
        self._resting: list[Turn] = []

    @property
    def waiting(self) -> int:
        """How many wait to work with the database."""
        return len(self._waiting)

    async def take(self, work: Callable[[], T]) -> T:
        """Run work that may step aside, and return what it returns."""
        answer: Future[T] = asyncio.get_running_loop().create_future()
        turn = self._resting.pop() if self._resting else Turn(self)
        turn.switch((work, answer))
        return await answer

    def admit(self, turn: "Turn") -> None:
        """Let a turn work with the database, if need be after others."""
        if self._free:
            self._free -= 1
        else:
            self._waiting.append(turn)
            turn.step_aside()

    def leave(self, turn: "Turn") -> None:
        """Let the next one work with the database."""
        if self._waiting:
            turn.loop.call_soon(self._waiting.popleft().switch)
        else:
            self._free += 1

    def wait_for(self, turn: "Turn", *, number: int, events: int) -> None:
        """Let a turn wait for a socket."""
        if self._sockets is None or self._sockets.loop is not turn.loop:
            self._sockets = Sockets(turn.loop)
        self._sockets.wait(turn, number=number, events=events)

    def rest(self, turn: "Turn") -> Any:
        """Wait for more work; to make a new turn costs more than to wake one."""
        self._resting.append(turn)
        return turn.step_aside()


class Turn(greenlet):
    """One piece of work of a loop's, and then the next one."""

    loop: AbstractEventLoop

    def __init__(self, turns: Turns) -> None:
        super().__init__(self._work)
        self._outside = getcurrent()
        self._turns = turns
        self._admitted = False

    def step_aside(self) -> Any:
        """Let the loop go on; return what it switches back with."""
        return self._outside.switch()

    def wait_for(self, number: int, events: int) -> None:
        """Wait until a socket is ready for one of ``events`` (epoll's), or failed."""
        self._turns.wait_for(self, number=number, events=events)

    def enter_database(self) -> None:
        """Wait until this turn is one of the few that work with the database."""
        if not self._admitted:
            self._turns.admit(self)
            self._admitted = True

    def _work(self, given: tuple[Callable[[], Any], "Future[Any]"]) -> None:
        while True:
            work, answer = given
            self.loop = answer.get_loop()
            try:
                found = work()
            except BaseException as error:  # noqa: BLE001 - whoever waits is told
                if not answer.done():  # it is where nobody waits any more
                    answer.set_exception(error)
            else:
                if not answer.done():
                    answer.set_result(found)
            finally:
                if self._admitted:
                    self._turns.leave(self)
                    self._admitted = False
            del work, answer, given
            given = self._turns.rest(self)


def running_turn() -> Turn | None:
    """Return the turn whose work this is; None in threads, commands and jobs."""
    found = getcurrent()
    return found if isinstance(found, Turn) else None


def apart(work: Callable[[], T]) -> T:
    """Run what holds up its thread: in another one, if this is a turn."""
    turn = running_turn()
    if turn is None:
        return work()
    done = turn.loop.run_in_executor(None, work)
    done.add_done_callback(turn.switch)
    turn.step_aside()
    return done.result()
