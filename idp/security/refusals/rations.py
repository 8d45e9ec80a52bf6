"""How many audit rows callers that nobody knows may leave in the name of a client.

A client's id is public: who asks with it and a wrong secret, or a redirect URI that is
not registered, would fill the disk a row at a time. The first refusals of an hour are
rows; the rest are counted, as those of strangers are. All are found by their reference.
"""

from collections import Counter
from datetime import datetime, timedelta
from threading import Lock

WINDOW = timedelta(hours=1)
OF_CLIENT = 20  # of an event
OF_EVENT = 200  # of all clients; from then on the first of each is a row
FIRST = 1


class AuditRations:
    """What this process has written in the window; nothing is asked for it."""

    def __init__(self) -> None:
        self._taking = Lock()
        self._until: datetime | None = None
        self._taken: Counter[tuple[str, ...]] = Counter()

    def take(self, event: str, *, client_id: str, now: datetime) -> bool:
        """Tell whether one more row of an event may name a client."""
        of_client, of_event = (event, client_id), (event,)
        with self._taking:
            if self._until is None or now >= self._until:
                self._until = now + WINDOW
                self._taken.clear()
            most = OF_CLIENT if self._taken[of_event] < OF_EVENT else FIRST
            if self._taken[of_client] >= most:
                return False
            self._taken.update((of_client, of_event))
        return True
