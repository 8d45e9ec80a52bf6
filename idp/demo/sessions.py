"""What the web demo remembers about a browser: in memory, found by a signed cookie."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, Literal

from flask import session as cookie

from idp.demo.exchanges import Journal
from idp.demo.experiments import Experiment
from idp.demo.sign_in import Pending, SignInResult

Notice = Literal["", "refreshed", "signed-out-here"]

MOST_SESSIONS: Final = 200
MOST_ATTEMPTS: Final = 10


@dataclass
class WebSession:
    """One browser's state; ``pending`` goes by ``state``, so tabs do not collide."""

    journal: Journal = field(default_factory=Journal)
    pending: OrderedDict[str, Pending] = field(default_factory=OrderedDict)
    last_experiment: Experiment | None = None
    signed_in: SignInResult | None = None
    notice: Notice = ""

    def begin(self, pending: Pending) -> None:
        """Remember a sign-in; the oldest unfinished ones are forgotten."""
        self.pending[pending.attempt.state] = pending
        self.last_experiment = pending.experiment
        while len(self.pending) > MOST_ATTEMPTS:
            self.pending.popitem(last=False)

    def take(self, state: str) -> Pending | None:
        """Return the sign-in this state belongs to, once (RFC 6749 §10.12)."""
        return self.pending.pop(state, None)

    def take_notice(self) -> Notice:
        """Return the message for the next page, once."""
        notice = self.notice
        self.notice = ""
        return notice


class SessionStore:
    """The sessions of this process; the longest unused go first."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, WebSession] = OrderedDict()
        self._lock = Lock()

    def current(self) -> WebSession:
        """Find the session of this request's cookie, or begin one."""
        with self._lock:
            known = self._sessions.get(str(cookie.get("id", "")))
            if known is None:
                return self._keep(WebSession())
            self._sessions.move_to_end(cookie["id"])
            return known

    def renew(self, session: WebSession) -> None:
        """Give the session a new id: one planted before sign-in becomes worthless."""
        with self._lock:
            self._sessions.pop(str(cookie.get("id", "")), None)
            self._keep(session)

    def _keep(self, session: WebSession) -> WebSession:
        cookie["id"] = secrets.token_urlsafe(24)
        self._sessions[cookie["id"]] = session
        while len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return session
