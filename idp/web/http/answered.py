"""How requests were answered, for whoever counts them (``ops.metrics``).

Nothing is made of a request while nobody does.
"""

from dataclasses import dataclass
from typing import Any

from flask import Request

from idp.core.context import current
from idp.core.events import EventBus

ROUTE = "idp.route"  # in the WSGI environment
ARRIVED = "idp.arrived"  # there too, by time.perf_counter
NO_ROUTE = "(no route)"
UNREAD = "(unread)"  # a request that was refused before its path mattered


@dataclass(frozen=True, slots=True)
class RequestAnswered:
    """A request was answered with a status, so many seconds after it had come.

    ``route`` is that of the path, never the path itself, which anybody may choose.
    """

    method: str
    route: str
    status: int
    seconds: float


def tell_answered(route: str, *, method: str, status: int, seconds: float) -> None:
    """Tell in the unit of work of a request how it was answered."""
    bus = current(EventBus)
    if bus.hears(RequestAnswered):
        bus.publish(RequestAnswered(method, route, status, seconds))


def note_route(asked: Request) -> None:
    """Leave the route of a request where it is found when Flask has answered."""
    if asked.url_rule is not None:
        asked.environ[ROUTE] = asked.url_rule.rule


def route_of(environ: dict[str, Any]) -> str:
    """Return the route that Flask has found for a request."""
    found: str = environ.get(ROUTE, NO_ROUTE)
    return found
