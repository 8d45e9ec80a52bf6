"""The attributes that there are: kept by each process, and changed by operators.

To use them costs no statement. Who changes one holds all: nobody else changes an
attribute, or a scope that opens one, meanwhile.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from sqlalchemy import delete, insert, select, update

from idp.accounts.models import Attribute
from idp.accounts.profile.attributes.definitions import (
    Definition,
    InvalidAttribute,
    mistakes_in,
)
from idp.accounts.profile.attributes.stored import forget_values
from idp.core.caches.cached import Cached
from idp.core.caches.versions import Caches
from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.context import current
from idp.core.db import table_of
from idp.core.errors import FieldError, IdpError
from idp.core.text import worded
from idp.security import audit

ATTRIBUTES = "attributes"  # the name in cache_versions
MOST = 100

attributes = table_of(Attribute)
ALL = select(attributes).order_by(attributes.c.created_at, attributes.c.key)


class AttributeExists(IdpError):
    """A key that another attribute has, or a claim."""

    code = "attribute_exists"
    status = HTTPStatus.CONFLICT
    title = "There is an attribute like this already."


class UnknownAttribute(IdpError):
    """There is no such attribute."""

    code = "unknown_attribute"
    status = HTTPStatus.NOT_FOUND
    title = "There is no such attribute."


@dataclass(frozen=True)
class ClaimScopes:
    """Which scope values can open a claim: they stand above accounts."""

    names: Callable[[], Collection[str]]


class AttributeCache(Cached[Mapping[str, Definition]]):
    """The definitions, as a process knows them."""

    def __init__(self) -> None:
        super().__init__(ATTRIBUTES)


def definitions() -> Mapping[str, Definition]:
    """Return all attributes by key, the oldest first."""
    return current(AttributeCache).fetch(ATTRIBUTES, read_definitions)


def read_definitions() -> Mapping[str, Definition]:
    """Return all attributes by key as they are now, for who looks after a change."""
    return {row.key: definition_of(row) for row in connection().execute(ALL)}


def get_definition(key: str) -> Definition:
    """Return an attribute as it is now, or raise UnknownAttribute."""
    found = read_definitions().get(key)
    if found is None:
        raise UnknownAttribute
    return found


def hold_definitions() -> Mapping[str, Definition]:
    """Return the attributes as they are, for a change: nobody else changes one."""
    current(Caches).bump(ATTRIBUTES)
    return read_definitions()


def create_attribute(wanted: Definition, *, by: str | None = None) -> Definition:
    """Define an attribute; raises InvalidAttribute with every mistake.

    And AttributeExists. What users had under its key before is forgotten. ``by`` is the
    admin, None for the operator of the machine.
    """
    present = hold_definitions()
    if len(present) >= MOST:
        hint = worded("there are at most %(most)s attributes", most=MOST)
        raise InvalidAttribute([FieldError("key", InvalidAttribute.code, hint)])
    _check(wanted, present)
    if wanted.key in present:
        raise _exists("key")
    forget_values(wanted.key)  # written by who did not know yet that it was deleted
    now = utcnow()
    moments = {"created_at": now, "updated_at": now}
    connection().execute(insert(attributes).values(**_columns_of(wanted), **moments))
    audit.record(
        "attribute.created",
        user_id=by,
        attribute=wanted.key,
        after=wanted.as_json(),
    )
    return wanted


def change_attribute(wanted: Definition, *, by: str | None = None) -> bool:
    """Define the attribute of a key otherwise; tell whether that changes it.

    Values that are no longer among the choices stay until they are changed. Raises as
    ``create_attribute`` does, and UnknownAttribute.
    """
    present = hold_definitions()
    before = present.get(wanted.key)
    if before is None:
        raise UnknownAttribute
    _check(wanted, present, before=before)
    if _columns_of(before) == _columns_of(wanted):
        return False
    changed = _columns_of(wanted) | {"updated_at": utcnow()}
    where = attributes.c.key == wanted.key
    connection().execute(update(attributes).where(where).values(**changed))
    was, now = before.as_json(), wanted.as_json()
    differing = [name for name in was if was[name] != now[name]]
    audit.record(
        "attribute.changed",
        user_id=by,
        attribute=wanted.key,
        before={name: was[name] for name in differing},
        after={name: now[name] for name in differing},
    )
    return True


def delete_attribute(key: str, *, by: str | None = None) -> int:
    """Delete an attribute and what users have there; return of how many.

    Raises UnknownAttribute.
    """
    before = hold_definitions().get(key)
    if before is None:
        raise UnknownAttribute
    connection().execute(delete(attributes).where(attributes.c.key == key))
    forgotten = forget_values(key)
    audit.record(
        "attribute.deleted",
        user_id=by,
        attribute=key,
        before=before.as_json(),
        values=forgotten,
    )
    return forgotten


def definition_of(row: Any) -> Definition:
    """Return a row as what was said."""
    return Definition(
        row.key,
        row.type,
        row.label,
        tuple(row.choices or ()),
        claim=row.claim,
        scope=row.scope,
        editable_by=row.editable_by,
        required_at=row.required_at,
    )


def _columns_of(wanted: Definition) -> dict[str, Any]:
    """Return a definition as a row has it."""
    return wanted.as_json() | {"choices": list(wanted.choices) or None}


def _check(
    wanted: Definition,
    present: Mapping[str, Definition],
    *,
    before: Definition | None = None,
) -> None:
    """Raise for what is wrong with a definition, or with a claim that is taken."""
    scopes = current(ClaimScopes).names()
    errors = list(mistakes_in(wanted, before=before, scopes=scopes))
    if errors:
        raise InvalidAttribute(errors)
    others = (one for one in present.values() if one.key != wanted.key)
    if wanted.claim and wanted.claim in {one.claim for one in others}:
        raise _exists("claim")


def _exists(field: str) -> AttributeExists:
    """Return the refusal of what another attribute has."""
    hint = worded("another attribute has it")
    return AttributeExists([FieldError(field, AttributeExists.code, hint)])
