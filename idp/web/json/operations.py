"""What a JSON route says about itself: for requests, for the document, for refusals."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, TypedDict

from flask import current_app, request

from idp.core.errors import IdpError
from idp.web.json.models import NoFields, Query

VARIABLE = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")  # <converter(...):name>
MACHINE_PATHS = ("/api/users", "/api/accounts/", "/api/admin/", "/api/organizations")
CREATED = 201
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Auth(Enum):
    """Who may call an operation.

    OPTIONAL tells the view who it is, if anyone. OWN leaves the judgement of the token
    or cookie to the view, as sign-out needs it: an expired token will do there.
    """

    NONE = "none"
    OPTIONAL = "optional"
    SIGNED_IN = "signed_in"
    OWN = "own"


class Declared(TypedDict, total=False):
    """What a route may declare besides its answers; see ``Operation``."""

    auth: Auth
    body: Any
    query: type[Query] | None
    declines: tuple[str, ...]
    refusals: tuple[type[IdpError], ...]
    scope: str
    before_password_change: bool
    before_enrolment: bool
    etag: bool
    shown_once: tuple[str, ...]
    lines: Any
    goes_on: bool


@dataclass(frozen=True)
class Operation:
    """One method of one path; ``id`` is its operationId, which never changes.

    ``body`` is a model or a union of them; ``answers`` gives the model of each status,
    None for an empty answer; ``declines`` lists the codes of "200 + error" answers;
    ``refusals`` the errors that the view may raise. ``before_password_change`` lets in
    whoever still has a password that was handed out, ``before_enrolment`` whoever has
    to accept the terms or to set up a second factor. With ``etag`` the answer says
    which state of an object it is, and a change may name the one that was seen.
    ``shown_once`` are the fields of an answer that hold a secret. ``lines`` is the
    model of one item where a list is answered as JSON lines too. With ``goes_on`` what
    nobody in particular sends again with its `Idempotency-Key` goes on from there.
    """

    id: str
    method: str
    path: str
    tag: str
    summary: str
    description: str
    answers: Mapping[int, Any]
    auth: Auth = Auth.SIGNED_IN
    body: Any = NoFields
    query: type[Query] | None = None
    declines: tuple[str, ...] = ()
    refusals: tuple[type[IdpError], ...] = ()
    scope: str = "account"
    before_password_change: bool = False
    before_enrolment: bool = False
    etag: bool = False
    shown_once: tuple[str, ...] = ()
    lines: Any = None
    goes_on: bool = False

    @cached_property
    def path_names(self) -> frozenset[str]:
        """The names of the values in the path."""
        return frozenset(name for _, name in VARIABLE.findall(self.path))

    @property
    def safe(self) -> bool:
        """Tell whether it changes nothing (RFC 9110 §9.2.1)."""
        return self.method in SAFE_METHODS

    @property
    def for_machines(self) -> bool:
        """Tell whether it administers, so that programs of operators may call it."""
        return self.path.startswith(MACHINE_PATHS)

    @property
    def repeatable(self) -> bool:
        """Tell whether it makes something, and may be sent again with its key."""
        return self.method == "POST" and self.for_machines and CREATED in self.answers

    @property
    def success(self) -> int:
        """The status of an answer that names none."""
        return next(status for status in self.answers)


def operation_of(endpoint: str | None) -> Operation | None:
    """Return what an endpoint says about itself; None for pages."""
    view = current_app.view_functions.get(endpoint) if endpoint else None
    found: Operation | None = getattr(view, "operation", None)
    return found


def current_operation() -> Operation | None:
    """Return the operation that answers this request; None for pages."""
    return operation_of(request.endpoint)
