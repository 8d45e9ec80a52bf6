"""Flask as this server uses it: what no view here needs costs no request anything."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request
from flask.globals import request_ctx
from flask.sessions import NullSession, SessionInterface
from flask.typing import ResponseReturnValue

from idp.web.negotiation import choose_face
from idp.web.uploads import LimitedRequest

NOTHING = NullSession()


class NoSession(SessionInterface):
    """Flask's session in the client does not exist here (security.md §7)."""

    def open_session(self, app: Flask, request: Request) -> NullSession:
        """Return a session that is empty and refuses to hold anything."""
        return NOTHING


class Application(Flask):
    """Flask without async views and sessions in cookies.

    The face of a shared path is chosen before any hook.
    """

    session_interface = NoSession()

    request_class = LimitedRequest

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function: no view and no hook is async.

        Flask would look into each of them again at every request.
        """
        return func

    def preprocess_request(self) -> ResponseReturnValue | None:
        """Choose the face first: the hooks to run are those of its blueprint."""
        choose_face(self, request_ctx.request)
        return super().preprocess_request()
