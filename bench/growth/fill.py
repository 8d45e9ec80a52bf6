"""Fills a database with users and what they leave, by statements that make the rows."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, text

from idp.core.clock import utcnow
from idp.core.db import UTCDateTime

AT_ONCE = 100_000
ORGANIZATION = "growth-org"
CLIENTS = 20  # the first has half of all grants
SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "re",
    "su",
    "ta",
    "vo",
    "ne",
    "di",
    "ba",
    "ru",
    "sel",
    "fin",
]
WORDS = [(one + two).capitalize() for one in SYLLABLES for two in SYLLABLES]
RARE = "Quixworth"  # in the name of one user

# As the server makes them: ids of users and digests are in no order, other ids in that
# of time, so that the rows of today go behind those that are there.
HEX = {
    "sqlite": "printf('%08x', {})",
    "postgresql": "lpad(to_hex({}), 8, '0')",
}
SCRAMBLED = "(CAST({} AS BIGINT) * 2654435761 % 4294967296)"  # odd: none comes twice
BEFORE_NOW = "019a00000000"  # 48 bits of time, as in ``new_id``
PLACEHOLDER = re.compile(r"<(user|digest|row) ([^>]+)>")

COUNT = """WITH RECURSIVE n(i) AS (
    SELECT CAST(:first AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i < :last)"""
USERS = f"""
INSERT INTO users (id, email, email_key, email_verified_at, username, username_key,
    name, password_hash, must_change_password, status, roles, factors, created_at,
    updated_at)
{COUNT}
SELECT <user i>, lower(a.word || '.' || b.word) || i || '@example.com',
    lower(a.word || '.' || b.word) || i || '@example.com', :now,
    lower(a.word) || i, lower(a.word) || i,
    a.word || ' ' || CASE WHEN i = 77 THEN '{RARE}' ELSE b.word END,
    :password_hash, false, 'active', '[]', '[]', :now, :now
FROM n JOIN growth_words a ON a.k = i % {len(WORDS)}
    JOIN growth_words b ON b.k = (i / {len(WORDS)}) % {len(WORDS)}
"""
EMAILS = f"""
INSERT INTO user_emails (id, user_id, email, email_key, verified_at, "primary",
    added_at)
{COUNT}
SELECT <row i>, users.id, email, email_key, :now, true, :now
FROM n JOIN users ON users.id = <user i>
"""
MEMBERS = f"""
INSERT INTO memberships (organization_id, user_id, roles, created_at)
{COUNT}
SELECT '{ORGANIZATION}', <user i>, CASE WHEN i = 1 THEN 'owner' ELSE 'member' END,
    :now
FROM n WHERE i % 10 = 1
"""
SESSIONS = f"""
INSERT INTO browser_sessions (id, token_digest, user_id, auth_time, amr, proofs,
    remember, created_at, last_seen_at, unused_seconds, idle_expires_at, expires_at,
    ended_at)
{COUNT}
SELECT <row i>, <digest i>, <user (i - 1) / 2 + 1>, :now, '["pwd"]', '[]', false,
    :now, :now, 0, :later, :later, CASE WHEN i % 4 = 0 THEN :now ELSE NULL END
FROM n
"""
GRANTS = f"""
INSERT INTO grants (id, user_id, client_id, browser_session_id, scope, offline,
    auth_time, amr, created_at, expires_at)
{COUNT}
SELECT <row i>, <user (i - 1) / 2 + 1>,
    'growth-' || CASE WHEN i % 2 = 0 THEN 0 ELSE i % {CLIENTS} END,
    <row i>, 'openid offline_access', true, :now, '["pwd"]', :now, :later
FROM n
"""
FAMILIES = f"""
INSERT INTO refresh_families (id, grant_id, client_id, salt, generation,
    idle_expires_at, expires_at)
{COUNT}
SELECT <row i>, <row i>,
    'growth-' || CASE WHEN i % 2 = 0 THEN 0 ELSE i % {CLIENTS} END, :salt, 0, :later,
    :later
FROM n
"""
OF_USERS = (USERS, EMAILS, MEMBERS)
OF_SESSIONS = (SESSIONS, GRANTS, FAMILIES)
GIGABYTE = 1_048_576  # in kibibytes
IN_HASTE = {
    "sqlite": (
        "PRAGMA foreign_keys=OFF",
        "PRAGMA synchronous=OFF",
        f"PRAGMA cache_size=-{2 * GIGABYTE}",
    ),
    "postgresql": (
        "SET session_replication_role = replica",  # no look-up for each foreign key
        "SET synchronous_commit = off",
        "SET maintenance_work_mem = '512MB'",
    ),
}


def address_of(number: int) -> str:
    """Return the address of a user, the first of whom is 1."""
    first = WORDS[number % len(WORDS)]
    last = WORDS[number // len(WORDS) % len(WORDS)]
    return f"{first}.{last}{number}@example.com".lower()


def fill(connection: Connection, *, users: int, password_hash: str) -> Iterator[None]:
    """Add users, and two sessions, grants and families of each; commit as it goes.

    Yields after each batch.
    """
    now = utcnow()
    for statement in IN_HASTE[connection.dialect.name]:
        connection.exec_driver_sql(statement)
    connection.commit()
    _prepare(connection, now)
    for statements, of_each in ((OF_USERS, 1), (OF_SESSIONS, 2)):
        for statement in statements:
            with _without_indexes(connection, _table_of(statement)):
                for first in range(1, users * of_each + 1, AT_ONCE):
                    given = {"first": first, "password_hash": password_hash}
                    last = min(first + AT_ONCE - 1, users * of_each)
                    _run(connection, statement, now=now, last=last, **given)
                    connection.commit()
                    yield
    _settle(connection)


def _prepare(connection: Connection, now: datetime) -> None:
    """Make the words, the clients and the organization."""
    connection.exec_driver_sql(
        "CREATE TABLE growth_words (k INTEGER PRIMARY KEY, word VARCHAR)"
    )
    words = [{"k": k, "word": word} for k, word in enumerate(WORDS)]
    connection.execute(text("INSERT INTO growth_words VALUES (:k, :word)"), words)
    client = f"""
    INSERT INTO clients (client_id, client_name, registered, first_party, require_pkce,
        restricted, created_at, updated_at)
    {COUNT} SELECT 'growth-' || i, 'App ' || i, registered, true, true, false,
        :now, :now
    FROM n JOIN clients ON client_id = 'growth'
    """
    _run(connection, client, now=now, first=0, last=CLIENTS - 1)
    organization = f"""
    INSERT INTO organizations (id, name, slug, status, created_at, updated_at)
    VALUES ('{ORGANIZATION}', 'Growth', 'growth', 'active', :now, :now)
    """
    _run(connection, organization, now=now)
    connection.commit()


@contextmanager
def _without_indexes(connection: Connection, table: str) -> Iterator[None]:
    """Make a table's indexes when its rows are there, which takes a third of the time.

    Those of constraints stay.
    """
    held = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master"
        f" WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = '{table}'"
        if connection.dialect.name == "sqlite"
        else "SELECT c.relname, pg_get_indexdef(c.oid)"
        " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        f" WHERE i.indrelid = '{table}'::regclass AND NOT EXISTS"
        " (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)"
    ).all()
    for name, _ in held:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    connection.commit()
    yield
    for _, statement in held:
        connection.execute(text(statement))
    connection.commit()


def _settle(connection: Connection) -> None:
    """Do what the database would do by itself later, while it is measured."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
        return
    raw = connection.connection.dbapi_connection
    raw.autocommit = True
    for statement in ("VACUUM (FREEZE, ANALYZE)", "CHECKPOINT"):
        raw.execute(statement)


def _table_of(statement: str) -> str:
    return statement.split()[2]


def _run(
    connection: Connection, statement: str, *, now: datetime, **values: object
) -> None:
    written = PLACEHOLDER.sub(_id_in(connection.dialect.name), statement)
    moments = {"now": now, "later": now + timedelta(days=30)}
    given = {**moments, "salt": bytes(32), **values}
    named = {name: value for name, value in given.items() if f":{name}" in statement}
    typed = [bindparam(name, type_=UTCDateTime()) for name in moments if name in named]
    connection.execute(text(written).bindparams(*typed), named)


def _id_in(dialect: str):
    """Return what writes the id of a kind, as SQL of a database."""

    def written(found: re.Match) -> str:
        kind, number = found.groups()
        last, scrambled = (
            HEX[dialect].format(value)
            for value in (f"({number})", SCRAMBLED.format(f"({number})"))
        )
        apart = "0" * (16 if kind != "digest" else 48)
        if kind == "row":
            return f"'{BEFORE_NOW}' || {last} || '{'7' * 12}'"
        return f"{scrambled} || '{apart}' || {last}"

    return written
