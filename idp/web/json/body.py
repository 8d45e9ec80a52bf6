"""From the bytes of a request to a model: whatever they are, an answer below 500."""

import json
from codecs import BOM_UTF8
from collections.abc import Iterator
from http import HTTPStatus
from types import UnionType
from typing import Any, get_args, get_origin

from flask import Request
from flask_babel import gettext
from pydantic import BaseModel, ValidationError

from idp.core.errors import FieldError, IdpError
from idp.core.text import is_storable
from idp.web.json.field_messages import (
    MAX_ERRORS,
    dotted,
    field_errors,
    no_such_field,
)
from idp.web.json.models import Query

JSON = "application/json"
MAX_DEPTH = 32
BIGGEST = 2**63 - 1  # what a column holds

Path = tuple[int | str, ...]


class InvalidFields(IdpError):
    """Input whose fields cannot be taken; ``errors`` names them."""

    code = "invalid_input"
    status = HTTPStatus.BAD_REQUEST
    title = "Please check what you sent."


class InvalidJson(IdpError):
    """A body that is not one JSON object in UTF-8 (RFC 8259)."""

    code = "invalid_json"
    status = HTTPStatus.BAD_REQUEST
    title = "The body must be one JSON object."


class NotJson(IdpError):
    """A body that does not even claim to be JSON."""

    code = "unsupported_media_type"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    title = "Send the body as application/json."


class DuplicateName(ValueError):
    """A name that stands twice in one object: readers differ in which one counts."""


def read_body(kind: Any, incoming: Request) -> BaseModel:
    """Return the body as ``kind``, a model or a union of models.

    No body at all is read as ``{}``, so that its answer names what is missing.
    """
    raw = incoming.get_data()
    if (raw or incoming.mimetype) and incoming.mimetype != JSON:
        raise NotJson
    raw = raw.removeprefix(BOM_UTF8) or b"{}"
    given = _decoded(raw)
    problems = list(_unusable(given))
    if problems:
        raise InvalidFields(problems)
    model = _choose(kind, frozenset(given))
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise InvalidFields(field_errors(error)) from None


def shapes_of(kind: Any) -> tuple[type[BaseModel], ...]:
    """Return the models of a union, or the one model."""
    return get_args(kind) if get_origin(kind) is UnionType else (kind,)


def read_query(kind: type[Query] | None, incoming: Request, *, safe: bool) -> Any:
    """Return the query string as ``kind``; refuse unknown and repeated names.

    Without a model, a change takes no query at all: passwords and tokens that land
    there by mistake would be in every log on the way.
    """
    given = incoming.args.to_dict(flat=False)
    if kind is None:
        if given and not safe:
            raise InvalidFields([no_such_field(_shown(name)) for name in given])
        return None
    first = {name: values[0] for name, values in given.items()}
    problems = [*_unusable(first), *_repeated(given)]
    if problems:
        raise InvalidFields(problems)
    try:
        return kind.model_validate(first)
    except ValidationError as error:
        raise InvalidFields(field_errors(error)) from None


def _decoded(raw: bytes) -> dict[str, Any]:
    """Return the JSON object in ``raw``."""
    try:
        value = json.loads(
            raw.decode(), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except DuplicateName as error:
        message = gettext("This name stands twice in one object.")
        raise InvalidJson([FieldError(str(error), "duplicate", message)]) from None
    except (ValueError, RecursionError):
        raise InvalidJson from None
    if not isinstance(value, dict):
        raise InvalidJson
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object's members; DuplicateName when a name stands twice."""
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise DuplicateName(dotted((_shown(name),)))
        members[name] = value
    return members


def _no_constant(name: str) -> None:
    """Refuse NaN and Infinity, which Python would read (RFC 8259 §6)."""
    raise ValueError(name)


def _unusable(value: Any, path: Path = ()) -> Iterator[FieldError]:
    """Yield what no model could take: text or numbers that no column can hold."""
    if len(path) > MAX_DEPTH:
        message = gettext("This is nested too deeply.")
        yield FieldError(dotted(path[:3]), "too_deep", message)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _unusable(name, (*path, _shown(name)))
            yield from _unusable(member, (*path, _shown(name)))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _unusable(member, (*path, index))
    elif isinstance(value, str) and not is_storable(value):
        message = gettext("This holds characters that can’t be used.")
        yield FieldError(dotted(path), "invalid_characters", message)
    elif isinstance(value, int) and abs(value) > BIGGEST:
        message = gettext("This number is too large.")
        yield FieldError(dotted(path), "out_of_range", message)


def _shown(name: str) -> str:
    """Return a name that an answer can carry."""
    return name.encode(errors="replace").decode().replace("\0", "?")


def _choose(kind: Any, names: frozenset[str]) -> type[BaseModel]:
    """Return the one model, or the shape of a union that has exactly these names."""
    shapes = shapes_of(kind)
    if len(shapes) == 1:
        return shapes[0]
    known = frozenset[str]().union(*map(_fields, shapes))
    for shape in shapes:
        # a name of no shape is left for the model to refuse with all else
        if names.issuperset(_required(shape)) and names & known <= _fields(shape):
            return shape
    unknown = sorted(names - known)[: MAX_ERRORS - 1]
    raise InvalidFields([_wrong_shape(shapes), *map(no_such_field, unknown)])


def _wrong_shape(shapes: tuple[type[BaseModel], ...]) -> FieldError:
    """Return the error that names the shapes a body may have."""
    named = "; ".join(", ".join(_required(shape)) for shape in shapes)
    message = gettext("Send exactly one of these sets of fields: %(sets)s.", sets=named)
    return FieldError("", "unknown_shape", message)


def _fields(model: type[BaseModel]) -> frozenset[str]:
    """Return the names that a body of this model may have."""
    return frozenset(item.alias or name for name, item in model.model_fields.items())


def _required(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the names that a body of this model must have, in its order."""
    return tuple(
        item.alias or name
        for name, item in model.model_fields.items()
        if item.is_required()
    )


def _repeated(given: dict[str, list[str]]) -> Iterator[FieldError]:
    """Yield the names that were given more than once."""
    for name, values in given.items():
        if len(values) > 1:
            yield FieldError(_shown(name), "duplicate", gettext("Give this once."))
