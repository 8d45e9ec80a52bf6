"""Flask as this server uses it: what no view here needs costs no request anything."""

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, Request, appcontext_popped, appcontext_pushed
from flask.globals import request_ctx
from flask.sessions import NullSession, SessionInterface
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule

from idp.core.context import begin, running_unit, services_of
from idp.core.db import end_unit
from idp.core.errors import IdpError
from idp.web.http.answered import note_route
from idp.web.http.negotiation import choose_face
from idp.web.http.uploads import LimitedRequest
from idp.web.unit_of_work import keep, undo

NOTHING = NullSession()


class NoSession(SessionInterface):
    """Flask's session in the client does not exist here (security.md §7)."""

    def open_session(self, app: Flask, request: Request) -> NullSession:
        """Return a session that is empty and refuses to hold anything."""
        return NOTHING


class PatientRule(Rule):
    """A URL rule whose builder is compiled when its first URL is built.

    Werkzeug compiles two functions for each rule while it is added: four fifths of the
    time that making the app takes, for URLs that few processes ever build. It offers no
    switch, so this replaces a method of its own (tests/web/test_application.py).
    """

    def _compile_builder(
        self, append_unknown: bool = True
    ) -> Callable[..., tuple[str, str]]:
        compiled = super()._compile_builder
        name = "_build_unknown" if append_unknown else "_build"

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            builder = compiled(append_unknown).__get__(rule, None)
            setattr(rule, name, builder)
            return cast("tuple[str, str]", builder(**values))

        return build


class Application(Flask):
    """Flask without async views and sessions in cookies.

    The face of a shared path is chosen before any hook.
    """

    session_interface = NoSession()

    request_class = LimitedRequest
    url_rule_class = PatientRule

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function: no view and no hook is async.

        Flask would look into each of them again at every request.
        """
        return func

    def preprocess_request(self) -> ResponseReturnValue | None:
        """Choose the face first: the hooks to run are those of its blueprint."""
        note_route(request_ctx.request)
        choose_face(self, request_ctx.request)
        return super().preprocess_request()

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view as one unit of work; a refusal that it returns is answered."""
        try:
            answer = super().dispatch_request()
        except Exception:
            undo()
            raise
        keep()
        if isinstance(answer, IdpError):
            raise answer
        return answer


def begin_units_with_contexts(app: Flask) -> None:
    """Make each context of the app a unit of work, which ends after the context."""
    appcontext_pushed.connect(_begin_unit, app)
    appcontext_popped.connect(_end_unit, app)


def _begin_unit(app: Flask, **_more: object) -> None:
    """Begin the unit of work of a context."""
    begin(services_of(app))


def _end_unit(app: Flask, **_more: object) -> None:
    """End the unit of a context, whose session Flask-SQLAlchemy has ended."""
    unit = running_unit()
    if unit is not None and unit.services is services_of(app):
        end_unit(unit)
