"""Which refusals an operation has, by its declaration and by the kit's own checks."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from idp.accounts.errors import AuthenticationRequired
from idp.accounts.factors.errors import SecondFactorSetupRequired
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.accounts.terms.errors import TermsAcceptanceRequired
from idp.administration.idempotency import KeyReused, SecretShownOnce, StillAtWork
from idp.core.errors import IdpError, Overloaded
from idp.web.browser.csrf import CrossSiteRequest
from idp.web.callers.bearer import (
    InsufficientScope,
    InvalidToken,
    PasswordChangeRequired,
)
from idp.web.callers.step_up import InsufficientUserAuthentication
from idp.web.http.hosts import Misdirected
from idp.web.http.preconditions import Changed
from idp.web.json.body import InvalidFields, InvalidJson, NotJson
from idp.web.json.operations import Auth, Operation
from idp.web.json.repeats import InvalidKey
from idp.web.json.uploads import FileBody, NotThisKind

REPEATS = (InvalidKey, KeyReused, StillAtWork, SecretShownOnce)
PROBLEM_JSON = "application/problem+json"
TEXT = {"schema": {"type": "string"}}
SECONDS = {"schema": {"type": "integer"}, "description": "Seconds to wait"}
HEADERS: dict[int, dict[str, Any]] = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": TEXT},
    HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": SECONDS},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": SECONDS},
}


@dataclass(frozen=True)
class DocumentedRefusal:
    """One way to say no."""

    status: int
    code: str
    title: str

    @classmethod
    def of(cls, error: type[IdpError]) -> "DocumentedRefusal":
        """Return what an error class says."""
        return cls(int(error.status), error.code, error.title)


TOO_LARGE = DocumentedRefusal(
    413, "request_entity_too_large", "The body is above 64 KB."
)
FILE_TOO_LARGE = DocumentedRefusal(
    413, "request_entity_too_large", "The file is above 2 MB."
)
NO_SUCH_PATH = DocumentedRefusal(404, "not_found", "There is nothing under this path.")
DATABASE_AWAY = DocumentedRefusal(
    503, "temporarily_unavailable", "The database cannot be reached."
)


def refusals_of(operation: Operation) -> dict[int, list[DocumentedRefusal]]:
    """Return an operation's refusals by status, in that order."""
    declared = map(DocumentedRefusal.of, operation.refusals)
    found = dict.fromkeys([*declared, *_by_kit(operation)])
    ordered: dict[int, list[DocumentedRefusal]] = {}
    for refusal in sorted(found, key=lambda refusal: refusal.status):
        ordered.setdefault(refusal.status, []).append(refusal)
    return ordered


def refusal_response(refusals: list[DocumentedRefusal]) -> dict[str, Any]:
    """Return the response object of one status; what is said twice stands once."""
    codes = list(dict.fromkeys(refusal.code for refusal in refusals))
    schema = {
        "$ref": "#/components/schemas/Problem",
        "properties": {"code": {"enum": codes}},
    }
    response: dict[str, Any] = {
        "description": " ".join(dict.fromkeys(refusal.title for refusal in refusals)),
        "content": {PROBLEM_JSON: {"schema": schema}},
    }
    headers = HEADERS.get(refusals[0].status)
    return {**response, "headers": headers} if headers else response


def _by_kit(operation: Operation) -> Iterator[DocumentedRefusal]:
    """Yield what the kit refuses before the view runs."""
    yield from _by_admission(operation)
    if operation.path_names:
        yield NO_SUCH_PATH
    if operation.etag and not operation.safe:
        yield DocumentedRefusal.of(Changed)
    if operation.repeatable:
        yield from map(DocumentedRefusal.of, REPEATS)
    if operation.query or not operation.safe:
        yield DocumentedRefusal.of(InvalidFields)
    if not operation.safe:
        yield from _by_body(operation)
    yield from (
        DocumentedRefusal.of(Misdirected),
        DocumentedRefusal.of(Overloaded),
        DATABASE_AWAY,
    )


def _by_body(operation: Operation) -> Iterator[DocumentedRefusal]:
    """Yield what a change is refused for that cannot be read."""
    yield DocumentedRefusal.of(CrossSiteRequest)
    if isinstance(operation.body, FileBody):
        yield DocumentedRefusal.of(NotThisKind)
        yield FILE_TOO_LARGE
    else:
        yield from map(DocumentedRefusal.of, (InvalidJson, NotJson))
        yield TOO_LARGE


def _by_admission(operation: Operation) -> Iterator[DocumentedRefusal]:
    """Yield what a caller is refused for."""
    if operation.auth is Auth.SIGNED_IN:
        yield DocumentedRefusal.of(AuthenticationRequired)
    if operation.auth is not Auth.NONE:
        yield DocumentedRefusal.of(InvalidToken)
    if operation.auth in (Auth.SIGNED_IN, Auth.OPTIONAL):
        yield DocumentedRefusal.of(InsufficientScope)
        if ReauthenticationRequired in operation.refusals:
            yield DocumentedRefusal.of(InsufficientUserAuthentication)
        if not operation.before_password_change:
            yield DocumentedRefusal.of(PasswordChangeRequired)
        if not operation.before_enrolment:
            yield DocumentedRefusal.of(TermsAcceptanceRequired)
            yield DocumentedRefusal.of(SecondFactorSetupRequired)
