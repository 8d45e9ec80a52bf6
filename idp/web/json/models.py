"""The shapes that every JSON operation builds on.

Their validators are built at first use: a start need not wait for all of them.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


def _published_name(model: type) -> str:
    """Return what the API document calls a model, which may not be its name here."""
    return model.__qualname__


class Body(BaseModel):
    """What a JSON request carries.

    Unknown fields are refused with their names, and types are taken as they are: the
    text "true" is no boolean.
    """

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        defer_build=True,
        model_title_generator=_published_name,
    )


class Query(BaseModel):
    """What the query string of a JSON request carries; all of it arrives as text."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True
    )


class Answer(BaseModel):
    """What a JSON response carries."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        defer_build=True,
        model_title_generator=_published_name,
    )


class NoFields(Body):
    """A body that has nothing to say."""


def left_out(description: str | None = None) -> Any:
    """Declare an answer's field that is left out, not null, when there is no value."""
    return Field(
        default=None,
        description=description,
        exclude_if=lambda value: value is None,
        json_schema_extra=_never_null,
    )


def _never_null(schema: dict[str, Any]) -> None:
    """Take null out of the schema of a field that is left out instead."""
    schema.pop("default", None)
    kinds = [kind for kind in schema.pop("anyOf", []) if kind != {"type": "null"}]
    schema.update(kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {})


class ErrorDetail(Answer):
    """What was wrong, for a program (``code``) and for a person (``message``)."""

    code: str
    message: str


class ErrorAnswer(Answer):
    """An answer that says no without being a failure of the request."""

    error: ErrorDetail


class FieldProblem(Answer):
    """One thing wrong with one input; ``field`` is empty for the input as a whole."""

    field: str
    code: str
    message: str


class Problem(Answer):
    """A refusal (RFC 9457); programs match on ``code``, never on ``title``."""

    type: str
    title: str
    status: int
    code: str
    errors: list[FieldProblem]
    request_id: str | None
    reason: str | None = left_out("Why nobody is let in, of `registration_closed`")
    until: str | None = left_out("Until when it is kept, of `email_reserved`")
    methods: list[str] | None = left_out(
        "By what one can prove who one is, the best first"
    )
    managed_by: str | None = left_out("What has the password that is not set here")
    challenge: dict[str, Any] | None = left_out(
        "What to solve: a `proof_of_work` as ALTCHA's version 2 writes it "
        "(`parameters`, `signature`), or the `site_key` and `action` for the widget of "
        "a service"
    )
