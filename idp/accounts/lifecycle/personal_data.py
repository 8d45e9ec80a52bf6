"""Where the database keeps what it knows about people: one list for export and erasure.

Every slice declares its tables in a ``personal_tables`` module, ``create_app`` joins
them. A test compares the list with all tables, so that none is forgotten.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Delete, Row, Table, Update, select

from idp.accounts.models import EmailChange, User
from idp.core.db import db


@dataclass(frozen=True)
class Person:
    """Whose data: the id, and every address that the account has had or asked for."""

    user_id: str
    addresses: frozenset[str]


@dataclass(frozen=True)
class PersonalTable:
    """One table with rows about people.

    ``withheld`` names columns that hold a secret or its fingerprint: they tell nothing
    about a person, and an export that held them would be a way in. ``erase`` is for
    rows that no foreign key removes together with the row in ``users``.
    """

    name: str
    table: Table
    of_person: Callable[[Person], ColumnElement[bool]]
    withheld: frozenset[str] = frozenset()
    erase: Callable[[Person], Update | Delete] | None = None


class PersonalData:
    """The app's personal tables, filled in ``create_app``."""

    def __init__(self, tables: Iterable[PersonalTable]) -> None:
        self.tables = tuple(tables)

    def collect(self, person: Person) -> dict[str, list[dict[str, Any]]]:
        """Return all rows about a person, by the names of the tables, as JSON."""
        return {held.name: _rows_of(held, person) for held in self.tables}

    def erase(self, person: Person) -> None:
        """Erase what does not go with the row in ``users``."""
        for held in self.tables:
            if held.erase:
                db.session.execute(held.erase(person))


def person_of(user: User) -> Person:
    """Return what tables are asked by."""
    changes = select(EmailChange.old_email, EmailChange.new_email).where(
        EmailChange.user_id == user.id
    )
    addresses = {user.email}.union(*db.session.execute(changes).all())
    return Person(user.id, frozenset(addresses))


def _rows_of(held: PersonalTable, person: Person) -> list[dict[str, Any]]:
    """Return a person's rows of one table without what is withheld."""
    shown = [column for column in held.table.c if column.name not in held.withheld]
    rows = (
        select(*shown).where(held.of_person(person)).order_by(*held.table.primary_key)
    )
    return [_as_json(row) for row in db.session.execute(rows)]


def _as_json(row: Row[Any]) -> dict[str, Any]:
    """Return a row with its moments in ISO 8601."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row._mapping.items()  # noqa: SLF001 - a public API
    }
