"""Pages and JSON under one path: which face answers (api.md §1).

Both faces register plain routes under the same rule and know nothing of each other.
GET goes by ``Accept``, any other method by ``Content-Type``. The choice is made before
any hook runs, so the CSRF guard and refusals see the face that answers.
"""

from collections import defaultdict
from functools import cached_property

from flask import Flask, Request, Response, after_this_request
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import Rule

from idp.core.context import provide
from idp.web.json.operations import VARIABLE, Operation, operation_of

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
READS = ("GET", "HEAD")


class SharedPaths:
    """All routes by their path; built at the first request, when all are known."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    @cached_property
    def routes(self) -> dict[str, list[Rule]]:
        """The routes of each rule text."""
        found: dict[str, list[Rule]] = defaultdict(list)
        for rule in self.app.url_map.iter_rules():
            found[rule.rule].append(rule)
        _refuse_different_names(found)
        return dict(found)

    @cached_property
    def shared(self) -> frozenset[str]:
        """The rule texts that have both faces."""
        return frozenset(
            text
            for text, rules in self.routes.items()
            if len({operation_of(rule.endpoint) is None for rule in rules}) > 1
        )

    def route(self, text: str, *, method: str, json: bool) -> Rule | None:
        """Return the route of one face, None when that face lacks the method."""
        for rule in self.routes[text]:
            fits = (operation_of(rule.endpoint) is not None) is json
            if fits and method in (rule.methods or ()):
                return rule
        return None

    def methods(self, text: str) -> list[str]:
        """Return the methods of a path's JSON face."""
        faces = [rule for rule in self.routes[text] if operation_of(rule.endpoint)]
        return sorted({method for rule in faces for method in rule.methods or ()})

    def operation(self, text: str, *, method: str) -> Operation | None:
        """Return what a path's JSON face says about a method."""
        rule = self.route(text, method=method, json=True)
        return operation_of(rule.endpoint) if rule else None


def wants_html(incoming: Request) -> bool:
    """Tell whether the caller asked for HTML by name and likes JSON less."""
    accept = incoming.accept_mimetypes
    named = any(kind.lower() == "text/html" for kind in accept.values())
    best = accept.best_match(["application/json", "text/html"])
    return named and best == "text/html"


def choose_face(app: Flask, incoming: Request) -> None:
    """Point a request for a shared path to the face that it means."""
    paths: SharedPaths = app.extensions["idp"][SharedPaths]
    rule = incoming.url_rule
    if rule is None or rule.rule not in paths.shared:
        return
    wanted = _wants_json_face(incoming)
    chosen = paths.route(rule.rule, method=incoming.method, json=wanted)
    if chosen is None and wanted and incoming.method not in READS:
        raise MethodNotAllowed(paths.methods(rule.rule))
    incoming.url_rule = chosen or rule
    if incoming.method in READS:
        after_this_request(_tell_caches)


def init_app(app: Flask) -> None:
    """Give the app its list of shared paths."""
    provide(app, SharedPaths(app))


def _refuse_different_names(routes: dict[str, list[Rule]]) -> None:
    """Raise ValueError for two rules that differ only in the names of their values."""
    shapes: dict[str, str] = {}
    for text in routes:
        shape = VARIABLE.sub(r"<\1>", text)
        if shapes.setdefault(shape, text) != text:
            raise ValueError(f"{text} and {shapes[shape]} name one path differently")


def _wants_json_face(incoming: Request) -> bool:
    """Tell which face of a shared path is meant; preflights are JSON's affair."""
    if incoming.method in READS:
        return not wants_html(incoming)
    return incoming.mimetype not in FORMS


def _tell_caches(response: Response) -> Response:
    """Say that the answer depends on ``Accept``."""
    response.vary.add("Accept")
    return response
