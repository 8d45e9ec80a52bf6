"""Where the database keeps what it knows about people: one list for export and erasure.

Every slice declares its tables in a ``personal_tables`` module, ``foundation`` joins
them. A test compares the list with all tables, so that none is forgotten.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    Row,
    ScalarSelect,
    Table,
    Update,
    select,
)

from idp.accounts.models import EmailChange, User, UserEmail
from idp.core.db import db


@dataclass(frozen=True)
class DataSubject:
    """Whose data: the id, and every address that the account has had or asked for.

    ``proven_keys`` are the unique forms of those that are proven to be the user's: what
    is said to another address is theirs who reads it.
    """

    user_id: str
    addresses: frozenset[str]
    proven_keys: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PersonalTable:
    """One table with rows about people.

    ``withheld`` names columns that hold a secret or its fingerprint: they tell nothing
    about a user, and an export that held them would be a way in. ``told`` are further
    values by name, of what a row points to and an id says nothing of. ``erase`` is for
    rows that no foreign key removes together with the row in ``users``.
    """

    name: str
    table: Table
    of_subject: Callable[[DataSubject], ColumnElement[bool]]
    withheld: frozenset[str] = frozenset()
    told: Mapping[str, ScalarSelect[Any]] = field(default_factory=dict)
    erase: Callable[[DataSubject], Update | Delete] | None = None


class PersonalData:
    """The app's personal tables, filled in ``idp.foundation``."""

    def __init__(self, tables: Iterable[PersonalTable]) -> None:
        self.tables = tuple(tables)

    def collect(self, subject: DataSubject) -> dict[str, list[dict[str, Any]]]:
        """Return all rows about a user, by the names of the tables, as JSON."""
        return {declared.name: _rows_of(declared, subject) for declared in self.tables}

    def erase(self, subject: DataSubject) -> None:
        """Erase what does not go with the row in ``users``."""
        for declared in self.tables:
            if declared.erase:
                db.session.execute(declared.erase(subject))


def data_subject_of(user: User) -> DataSubject:
    """Return what tables are asked by."""
    changes = select(EmailChange.old_email, EmailChange.new_email).where(
        EmailChange.user_id == user.id
    )
    further = select(UserEmail.email).where(UserEmail.user_id == user.id)
    addresses = {user.email}.union(
        *db.session.execute(changes).all(), db.session.scalars(further)
    )
    proven = select(UserEmail.email_key).where(
        UserEmail.user_id == user.id, UserEmail.verified_at.is_not(None)
    )
    keys = frozenset(key for key in db.session.scalars(proven) if key)
    return DataSubject(user.id, frozenset(addresses), keys)


def _rows_of(declared: PersonalTable, subject: DataSubject) -> list[dict[str, Any]]:
    """Return a user's rows of one table without what is withheld."""
    shown = [
        column for column in declared.table.c if column.name not in declared.withheld
    ]
    told = [value.label(name) for name, value in declared.told.items()]
    rows = (
        select(*shown, *told)
        .where(declared.of_subject(subject))
        .order_by(*declared.table.primary_key)
    )
    return [_as_json(row) for row in db.session.execute(rows)]


def _as_json(row: Row[Any]) -> dict[str, Any]:
    """Return a row as JSON."""
    return {
        name: _json_value(value)
        for name, value in row._mapping.items()  # noqa: SLF001 - a public API
    }


def _json_value(value: Any) -> Any:
    """Return a value as JSON has it; bytes are in base64."""
    if isinstance(value, datetime):
        return value.isoformat()
    return b64encode(value).decode() if isinstance(value, bytes) else value
