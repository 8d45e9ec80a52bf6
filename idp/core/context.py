"""What runs: the services of one app, and the unit of work they serve.

An app provides one object of each class: settings, the keyring, the Argon2 pool. A unit
of work is one request, command or job of that app. Rules ask ``current`` for what they
need, so no module keeps a global that two apps in one process would share.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
Services = dict[type[Any], object]

NO_REQUEST = "command"


class Extensible(Protocol):
    """An app that keeps its services among its extensions."""

    @property
    def extensions(self) -> dict[str, Any]:
        """What belongs to the app, by name."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The network side of a request; ``ip`` and ``user_agent`` are None in commands.

    ``actor`` is who acts where that is no user: audit rows have it.
    """

    ip: str | None = None
    user_agent: str | None = None
    request_id: str = NO_REQUEST
    actor: str | None = None


COMMAND = Caller()


class MustWait(BaseException):
    """A unit of work that may not wait came to what others can hold up.

    It has written nothing: whoever began it begins it again where it may wait. No
    ``except Exception`` may take it for an error.
    """


UNCHANGED: frozenset[str] = frozenset()


class Unit:
    """A unit of work: where it finds services, who called, and its connection."""

    __slots__ = (
        "at_once",
        "caller",
        "changed",
        "connection",
        "outer",
        "refused",
        "services",
    )

    def __init__(
        self,
        services: Services,
        *,
        caller: Caller,
        outer: "Unit | None",
        at_once: bool = False,
    ) -> None:
        self.at_once = at_once
        self.services = services
        self.caller = caller
        self.outer = outer
        self.connection: Connection | None = None
        self.changed: frozenset[str] = UNCHANGED  # names of core.caches
        self.refused: str | None = None  # the first event of the audit log that says no


_running: ContextVar[Unit | None] = ContextVar("running", default=None)


def services_of(app: Extensible) -> Services:
    """Return all that an app provides."""
    found: Services = app.extensions.setdefault("idp", {})
    return found


def provide(app: Extensible, *instances: object) -> None:
    """Make each instance the app's one object of its class."""
    services_of(app).update((type(instance), instance) for instance in instances)


def service_of(app: Extensible, kind: type[T]) -> T:
    """Return an app's one ``kind`` while nothing runs yet."""
    found: T = services_of(app)[kind]  # type: ignore[assignment] # a service is of its class
    return found


def current(kind: type[T]) -> T:
    """Return the running app's one ``kind``; a KeyError is a hole in ``foundation``."""
    found: T = _running.get().services[kind]  # type: ignore[assignment, union-attr] # a service is of its class, and something runs
    return found


def running_unit() -> Unit | None:
    """Return the innermost unit of work; None while nothing runs."""
    return _running.get()


def this_unit() -> Unit:
    """Return the innermost unit of work, whose work it is."""
    found = _running.get()
    if found is None:
        raise RuntimeError("no unit of work was begun")
    return found


def running_caller() -> Caller:
    """Return who sent this request, or nobody in commands.

    For log lines, audit rows and the kit, which hands it to rules as their Requester:
    a rule that decides or stores by it takes it as an argument.
    """
    unit = _running.get()
    return COMMAND if unit is None else unit.caller


def about_to_wait() -> None:
    """Say that what follows can take long: another's lock, a disk, a network.

    Raises MustWait in a unit of work that was begun ``at_once``.
    """
    unit = _running.get()
    if unit is not None and unit.at_once:
        raise MustWait


def begin(
    services: Services, *, caller: Caller | None = None, at_once: bool = False
) -> Unit:
    """Begin a unit of work; inside another one of the app it has the same caller.

    One that is done ``at_once`` keeps everybody else waiting while it runs: it raises
    MustWait before it would wait itself.
    """
    outer = _running.get()
    same = outer is not None and outer.services is services
    if caller is None:
        caller = outer.caller if outer and same else COMMAND
    at_once = at_once or bool(outer and same and outer.at_once)
    begun = Unit(services, caller=caller, outer=outer, at_once=at_once)
    _running.set(begun)
    return begun


def end(unit: Unit) -> None:
    """Go back to what ran before the unit; ``core.db.end_unit`` undoes its work too."""
    _running.set(unit.outer)
