"""Connecting to a directory: the first server that answers, within one deadline."""

import queue
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from idp.core.context import about_to_wait, current
from idp.federation.ldap.settings import Directory, DirectoryServer
from idp.federation.upstream.errors import UpstreamAway, UpstreamError
from idp.security.outbound.client import Blocked, Failed, Outbound
from idp.security.outbound.wire import Deadline, DeadlinePassed

if TYPE_CHECKING:
    from idp.federation.ldap.wire import DirectoryConnection

DEADLINE_SECONDS = 3.0
TIMEOUT = "timeout"
T = TypeVar("T")


class DirectoryStep(StrEnum):
    """What is done in a directory, in this order."""

    CONNECT = "connect"
    TLS = "tls"
    BIND = "bind"
    SEARCH = "search"
    GROUPS = "groups"


class DirectoryFailed(UpstreamError):
    """A step that did not work; ``reason`` is a word for why."""

    def __init__(self, step: DirectoryStep, reason: str) -> None:
        super().__init__(reason)
        self.step = step


@dataclass
class Asking:
    """A connection to a directory, and the step that it is at."""

    directory: Directory
    connection: "DirectoryConnection"
    step: DirectoryStep = DirectoryStep.CONNECT

    def bind(self) -> None:
        """Be whom the operator named; raises UpstreamError for a wrong password."""
        self.step = DirectoryStep.BIND
        dn, password = self.directory.bind_dn, self.directory.password
        known = (
            self.connection.bind(dn, password)
            if dn
            else self.connection.bind_anonymously()
        )
        if not known:
            raise UpstreamError("bind")

    def require_anybody(self, query: str) -> None:
        """Raise UpstreamError where no entry at all fits a filter."""
        base = self.directory.base_dn
        if not self.connection.search(base, query, attributes=["1.1"], most=1):
            raise UpstreamError("blind")


@dataclass
class _Round:
    """One question to a directory, in a thread that can be left behind."""

    directory: Directory
    outbound: Outbound
    deadline: Deadline
    opened: "list[DirectoryConnection]" = field(default_factory=list)
    asking: Asking | None = None
    shares: int = 1  # by which the time left is divided: others may have to be asked

    def ask(self, question: Callable[[Asking], T]) -> T:
        """Put it to one server after another, until one answers."""
        *others, last = self.directory.servers
        for tried, server in enumerate(others):
            self.shares = len(self.directory.servers) - tried
            try:
                return self._ask_at(server, question)
            except DirectoryFailed as failed:
                if not isinstance(failed.__cause__, UpstreamAway):
                    raise
        self.shares = 1
        return self._ask_at(last, question)

    def _ask_at(self, server: DirectoryServer, question: Callable[[Asking], T]) -> T:
        """Put it to one server; raises DirectoryFailed."""
        self.asking = None
        try:
            self.asking = Asking(self.directory, self._connected(server))
            return question(self.asking)
        except DeadlinePassed as error:
            raise DirectoryFailed(self.step, TIMEOUT) from error
        except UpstreamError as error:
            reason = TIMEOUT if self.deadline.passed else error.reason
            at_tls = reason.startswith(DirectoryStep.TLS)
            step = DirectoryStep.TLS if at_tls else self.step
            raise DirectoryFailed(step, reason) from error
        finally:
            self.close()

    @property
    def step(self) -> DirectoryStep:
        """Return how far it has got."""
        return self.asking.step if self.asking else DirectoryStep.CONNECT

    def _connected(self, server: DirectoryServer) -> "DirectoryConnection":
        """Connect to a checked address of a server; raises UpstreamAway."""
        try:
            from idp.federation.ldap.wire import DirectoryConnection
        except ImportError as error:
            raise UpstreamError("not_installed") from error
        found = self.outbound.addresses_of(
            server.where, self.deadline, secure=not server.plain
        )
        if isinstance(found, Failed):
            raise UpstreamAway(found.reason)
        if isinstance(found, Blocked):
            raise UpstreamAway(f"blocked_{found.reason}")
        trust = self._trust()
        *others, last = found
        for address in others:
            try:
                return self._open(DirectoryConnection(server, address, trust=trust))
            except UpstreamAway:
                continue
        return self._open(DirectoryConnection(server, last, trust=trust))

    def _open(self, connection: "DirectoryConnection") -> "DirectoryConnection":
        """Open a connection, which ends with the round."""
        self.opened.append(connection)
        connection.open(timeout_seconds=self.deadline.left() / self.shares)
        return connection

    def _trust(self) -> ssl.SSLContext:
        """Return whom to believe: the directory's own authorities, if it has some."""
        if self.directory.ca:
            return ssl.create_default_context(cadata=self.directory.ca)
        return self.outbound.trust

    def close(self) -> None:
        """End what is open; who still waits there gets no answer."""
        while self.opened:
            self.opened.pop().close()


def ask(directory: Directory, question: Callable[[Asking], T]) -> T:
    """Put a question to a directory; raises DirectoryFailed, after 3 s at most."""
    about_to_wait()
    outbound = current(Outbound).for_operators()
    asked = _Round(directory, outbound, Deadline(DEADLINE_SECONDS))
    answers: queue.SimpleQueue[T | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put(asked.ask(question))
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            answers.put(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        answer = answers.get(timeout=asked.deadline.left())
    except (queue.Empty, DeadlinePassed):
        asked.close()
        raise DirectoryFailed(asked.step, TIMEOUT) from None
    if isinstance(answer, Exception):
        raise answer
    return answer
