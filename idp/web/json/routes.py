"""JSON routes: declared once, then checked, run and documented from the declaration.

A face writes::

    api = JsonBlueprint("profile_api", __name__, tag="Profile")

    @api.operation("PATCH", "/account/profile", id="profile_api_merge",
                   body=ProfilePatch, answers={200: User}, refusals=(UsernameTaken,))
    def change(who: Principal, body: ProfilePatch) -> User:
        \"\"\"Change some fields of the profile.\"\"\"

The view gets path values by their names and, as far as it declares them, ``who``,
``body`` and ``query``. It returns the answer's model, a ``Declined``, None
for an empty answer, a Response that ``reply`` made, to set cookies on, or a refusal
whose work is to stay; then what it did is committed.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial, wraps
from typing import Any, TypeVar, Unpack

from flask import Blueprint, Response, request
from pydantic import TypeAdapter
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as WerkzeugResponse

from idp.core.errors import IdpError
from idp.core.text import is_storable
from idp.web.browser import csrf
from idp.web.callers.bearer import admit
from idp.web.http import cors
from idp.web.json.body import JSON, read_body, read_query
from idp.web.json.models import ErrorAnswer, ErrorDetail, NoFields
from idp.web.json.operations import Auth, Declared, Operation, current_operation
from idp.web.json.repeats import answer_once, is_keyed
from idp.web.json.uploads import FileBody, read_file
from idp.web.refusals.in_flask import explain
from idp.web.refusals.noting import Explanation
from idp.web.unit_of_work import keep

View = TypeVar("View", bound=Callable[..., object])


class Undeclared(Exception):
    """A view that gave an answer its declaration does not have: a bug."""


@dataclass(frozen=True)
class Declined:
    """A "200 + error" answer: the request was in order and the answer is no.

    A wrong password is one: it is no missing authentication, so it is no 401.
    """

    code: str
    message: str


class JsonBlueprint(Blueprint):
    """A blueprint of JSON routes; ``tag`` is their heading in the document."""

    def __init__(self, name: str, import_name: str, *, tag: str) -> None:
        super().__init__(name, import_name)
        self.tag = tag
        self.after_request(cors.add_headers)

    def operation(
        self,
        method: str,
        path: str,
        *,
        id: str,  # noqa: A002 - the operationId of the document
        answers: Mapping[int, Any],
        **declared: Unpack[Declared],
    ) -> Callable[[View], View]:
        """Register a view; the first line of its docstring is the summary.

        ``id`` is the name that generated clients call it by, and stays for good. The
        first of ``answers`` is the status of an answer that names none; see
        ``Operation`` for the rest.
        """

        def register(view: View) -> View:
            doc = inspect.cleandoc(view.__doc__ or "")
            summary, _, description = doc.partition("\n")
            operation = Operation(
                id=id,
                method=method,
                path=path,
                tag=self.tag,
                summary=summary.rstrip("."),
                description=" ".join(description.split()),
                answers=answers,
                **declared,
            )
            _check_parameters(operation, view)
            answer = _face(operation, view)
            self.add_url_rule(path, view.__name__, answer, methods=[method])
            return view

        return register


def reply(
    content: object,
    *,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the JSON response of the running operation, for a face that adds to it.

    Undeclared when the operation's declaration has no such answer.
    """
    operation = current_operation()
    if operation is None:
        raise Undeclared(request.path)
    if isinstance(content, Declined):
        return _declined(operation, content)
    status = status or operation.success
    if status not in operation.answers:
        raise Undeclared(f"{operation.method} {operation.path}: {status}")
    response = Response(_rendered(operation.answers[status], content), status)
    if operation.answers[status] is None:
        del response.headers["Content-Type"]
    else:
        response.mimetype = JSON
    response.headers.update(headers or {})
    return response


def _check_parameters(operation: Operation, view: Callable[..., object]) -> None:
    """Refuse, when the app is put together, a view that takes what it would not get."""
    wanted = set(inspect.signature(view).parameters)
    given = set(operation.path_names)
    given |= {"who"} if operation.auth in (Auth.OPTIONAL, Auth.SIGNED_IN) else set()
    given |= {"body"} if operation.body is not NoFields else set()
    given |= {"query"} if operation.query is not None else set()
    if not operation.summary:
        raise TypeError(f"{view.__qualname__} needs a docstring: it is the summary")
    if not (wanted <= given and given - {"who"} <= wanted):
        raise TypeError(f"{view.__qualname__} takes {wanted}, and would get {given}")


def _face(
    operation: Operation, view: Callable[..., object]
) -> Callable[..., WerkzeugResponse]:
    """Return what Flask calls: admit, read, run, answer."""
    wanted = frozenset(inspect.signature(view).parameters)

    @wraps(view)
    def answer(**path_values: Any) -> WerkzeugResponse:
        who = admit(operation)
        if not all(is_storable(value) for value in map(str, path_values.values())):
            raise NotFound
        query = read_query(operation.query, request, safe=operation.safe)
        body = _read_body(operation)
        given = {**path_values, "who": who, "query": query, "body": body}
        run = partial(view, **{name: given[name] for name in wanted})
        if who is not None and is_keyed(operation):
            render = partial(_checked, operation)
            return answer_once(operation, who, body=body, run=run, render=render)
        found = run()
        keep()
        if isinstance(found, IdpError):
            raise found
        return _checked(operation, found)

    answer.operation = operation  # type: ignore[attr-defined]
    # admit() asks for X-CSRF-Token itself, wherever a cookie is what authorises
    return csrf.exempt(answer)


def _read_body(operation: Operation) -> Any:
    """Return the body of the request as it is declared."""
    if operation.safe:
        return None
    if isinstance(operation.body, FileBody):
        return read_file(operation.body, request)
    return read_body(operation.body, request)


def _checked(operation: Operation, found: object) -> WerkzeugResponse:
    """Return what the view gave as a response that its declaration has."""
    response = found if isinstance(found, WerkzeugResponse) else reply(found)
    declared = {*operation.answers, *({200} if operation.declines else ())}
    if response.status_code not in declared:
        raise Undeclared(f"{operation.method} {operation.path}: {response.status}")
    return response


def _declined(operation: Operation, answer: Declined) -> Response:
    """Return a "200 + error" answer."""
    if answer.code not in operation.declines:
        raise Undeclared(f"{operation.method} {operation.path}: {answer.code}")
    explain(Explanation(error=answer.code))
    detail = ErrorDetail(code=answer.code, message=answer.message)
    return Response(
        _rendered(ErrorAnswer, ErrorAnswer(error=detail)), 200, mimetype=JSON
    )


def _rendered(kind: Any, content: object) -> bytes:
    """Return ``content`` as JSON; a ValidationError is a bug of the view."""
    if kind is None:
        if content is not None:
            raise Undeclared(repr(type(content)))
        return b""
    adapter = _adapter_of(kind)
    return adapter.dump_json(adapter.validate_python(content), by_alias=True)


@cache
def _adapter_of(kind: Any) -> TypeAdapter[Any]:
    """Return pydantic's view of an answer's type."""
    return TypeAdapter(kind)
