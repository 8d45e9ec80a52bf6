"""Puts load on servers by turns and notes what each operation costs."""

import json
import statistics
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from bench.cases import CASES, email_of
from bench.http import Conversation, Load, Start, Visitor, run_for
from bench.person import Person
from bench.processes import cpu_seconds, pss_megabytes
from bench.server import FURTHER_WORKERS, Product, Server
from bench.site import Site, discover

STARTS = 3
SETTLE_SECONDS = 3  # what was for the load alone is given back within two


@dataclass(frozen=True)
class Plan:
    """How the load of each case is made; the servers take ``rounds`` turns."""

    concurrency: int
    seconds: float
    warm_up_seconds: float
    rounds: int


@dataclass(frozen=True)
class Turn:
    """A stretch of load on one server, and the processor seconds that it took."""

    load: Load
    seconds: float
    cpu_seconds: float
    store_cpu_seconds: float

    @property
    def cost(self) -> float:
        """Processor seconds of one operation, database included."""
        return (self.cpu_seconds + self.store_cpu_seconds) / len(self.load.taken)


@dataclass(frozen=True)
class Measured:
    """All turns of one server in one case."""

    turns: list[Turn] = field(default_factory=list)

    def taken(self) -> list[float]:
        """Return how long each operation took, the shortest first."""
        return sorted(one for turn in self.turns for one in turn.load.taken)

    def operations_per_second(self) -> float:
        """Return the throughput."""
        in_time = sum(turn.load.in_time for turn in self.turns)
        return in_time / sum(turn.seconds for turn in self.turns)

    def least_cost(self) -> float:
        """Return the cost in the turn that was disturbed least."""
        return min(turn.cost for turn in self.turns)


@dataclass(frozen=True)
class Subject:
    """A running product, and the users of its connections."""

    product: Product
    server: Server
    site: Site
    people: list[Person]

    def run(self, operation: Start) -> None:
        """Run one operation alone."""
        Conversation(("127.0.0.1", self.server.port), operation).run_once()

    def starts(self, case: str) -> list[Start]:
        """Return the operation of a case for each connection; all have fresh tokens."""
        for person in self.people:
            self.run(person.authorize)
        return [CASES[case](person) for person in self.people]

    def turn(self, starts: Sequence[Start], *, seconds: float) -> Turn:
        """Put load on the server on fresh connections, which then stay open."""
        address = ("127.0.0.1", self.server.port)
        conversations = [Conversation(address, start) for start in starts]
        cpu, store_cpu = self.cpu_seconds(), self.product.store.cpu_seconds()
        load = run_for(seconds, conversations)
        turn = Turn(
            load,
            seconds,
            self.cpu_seconds() - cpu,
            self.product.store.cpu_seconds() - store_cpu,
        )
        for one in conversations:
            one.socket.close()
        return turn

    def cpu_seconds(self) -> float:
        """Return the processor time of the server's processes so far."""
        return cpu_seconds(self.server.pid)

    def megabytes(self) -> float:
        """Return the memory (PSS) of the server's processes once they are at rest."""
        time.sleep(SETTLE_SECONDS)
        return pss_megabytes(self.server.pid)

    def token_kinds(self) -> str:
        """Tell what tokens are handed out, for a signature is much of their cost."""
        person = self.people[0]
        for operation in (person.client_credentials, person.authorize):
            self.run(operation)
        return (
            f"client's access token {kind_of(person.client_token)},"
            f" user's access token {kind_of(person.access_token)},"
            f" ID token {kind_of(person.id_token)}"
        )


def kind_of(token: str) -> str:
    """Return the algorithm of a JWT, or that a token is none."""
    head, *rest = token.split(".")
    if len(rest) != 2:
        return "opaque"
    try:
        header = json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except ValueError:
        return "opaque"
    return f"{header['alg']} JWT"


@contextmanager
def running(product: Product, *, people: int) -> Iterator[Subject]:
    """Start a product, and sign its users in at the client."""
    with product.serving() as server:
        site = discover(server.port)
        users = [
            Person(site, Visitor(site.host), email_of(number))
            for number in range(people)
        ]
        subject = Subject(product, server, site, users)
        for user in users:
            subject.run(user.enter)
        yield subject


def measure(
    case: str, subjects: Sequence[Subject], *, plan: Plan
) -> dict[str, Measured]:
    """Measure one case on every server that has it, A B A B; by the servers' names."""
    starts = {
        subject.product.name: subject.starts(case)
        for subject in subjects
        if case in subject.product.cases
    }
    taking_part = [one for one in subjects if one.product.name in starts]
    for subject in taking_part:
        subject.turn(starts[subject.product.name], seconds=plan.warm_up_seconds)
    found = {name: Measured() for name in starts}
    for _ in range(plan.rounds):
        for subject in taking_part:
            name = subject.product.name
            turn = subject.turn(starts[name], seconds=plan.seconds / plan.rounds)
            found[name].turns.append(turn)
    return found


@dataclass(frozen=True)
class Idle:
    """A product that only started: seconds to the first answer, and its memory."""

    start_seconds: float
    megabytes: float


def idle(product: Product) -> Idle:
    """Start a product a few times; the start is the median of them."""
    starts: list[float] = []
    for _ in range(STARTS):
        with product.serving() as server:
            starts.append(server.start_seconds)
            if len(starts) == STARTS:
                time.sleep(SETTLE_SECONDS)
                megabytes = pss_megabytes(server.pid)
    return Idle(statistics.median(starts), megabytes)


def further_megabytes(
    product: Product, loaded: float, *, cases: Sequence[str], plan: Plan
) -> float | None:
    """Return what each further worker takes after load; ``loaded`` is that of one.

    None for a product that has no workers.
    """
    if product.wider is None:
        return None
    wide = replace(product, serving=product.wider)
    with running(wide, people=plan.concurrency) as subject:
        for case in cases:
            subject.turn(subject.starts(case), seconds=plan.warm_up_seconds)
        return (subject.megabytes() - loaded) / FURTHER_WORKERS
