"""Events between slices: typed, synchronous, in the publisher's transaction.

A lower slice says what happened; a higher one subscribes at start-up. Subscribers only
write rows: network work goes through the outbox or a job.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from idp.core.context import current

E = TypeVar("E")


class EventBus:
    """The app's subscriptions: event class to handlers, called in order of arrival."""

    def __init__(self) -> None:
        self._handlers: dict[type[Any], list[Callable[[Any], None]]] = defaultdict(list)

    def subscribe(self, kind: type[E], handler: Callable[[E], None]) -> None:
        """Call ``handler`` for every event of exactly the class ``kind``."""
        self._handlers[kind].append(handler)

    def hears(self, kind: type[Any]) -> bool:
        """Tell whether anybody subscribed to events of a class."""
        return kind in self._handlers

    def publish(self, event: object) -> None:
        """Hand ``event`` to its subscribers; what one raises undoes the transaction."""
        for handler in self._handlers.get(type(event), ()):
            handler(event)


def publish(event: object) -> None:
    """Publish on the running app's bus."""
    current(EventBus).publish(event)
