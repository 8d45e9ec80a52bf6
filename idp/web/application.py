"""Flask as this server uses it: what no view here needs costs no request anything."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue

from idp.web.negotiation import choose_face
from idp.web.uploads import LimitedRequest


class Application(Flask):
    """Flask without async views, which picks the face of a shared path before hooks."""

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
