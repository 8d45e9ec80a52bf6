"""Fills a database with users and what they leave, by statements that make the rows."""

from collections.abc import Iterator
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

COUNT = """WITH RECURSIVE n(i) AS (
    SELECT CAST(:first AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i < :last)"""
USERS = f"""
INSERT INTO users (id, email, email_key, email_verified_at, username, username_key,
    name, must_change_password, status, roles, factors, created_at, updated_at)
{COUNT}
SELECT 'user-' || i, lower(a.word || '.' || b.word) || i || '@example.com',
    lower(a.word || '.' || b.word) || i || '@example.com', :now,
    lower(a.word) || i, lower(a.word) || i,
    a.word || ' ' || CASE WHEN i = 77 THEN '{RARE}' ELSE b.word END,
    false, 'active', '[]', '[]', :now, :now
FROM n JOIN growth_words a ON a.k = i % {len(WORDS)}
    JOIN growth_words b ON b.k = (i / {len(WORDS)}) % {len(WORDS)}
"""
EMAILS = f"""
INSERT INTO user_emails (id, user_id, email, email_key, verified_at, "primary",
    added_at)
{COUNT}
SELECT 'email-' || i, users.id, email, email_key, :now, true, :now
FROM n JOIN users ON users.id = 'user-' || i
"""
MEMBERS = f"""
INSERT INTO memberships (organization_id, user_id, roles, created_at)
{COUNT}
SELECT '{ORGANIZATION}', 'user-' || i, CASE WHEN i = 1 THEN 'owner' ELSE 'member' END,
    :now
FROM n WHERE i % 10 = 1
"""
SESSIONS = f"""
INSERT INTO browser_sessions (id, token_digest, user_id, auth_time, amr, proofs,
    remember, created_at, last_seen_at, unused_seconds, idle_expires_at, expires_at,
    ended_at)
{COUNT}
SELECT 'session-' || i, 'digest-' || i, 'user-' || ((i - 1) / 2 + 1), :now, '["pwd"]',
    '[]', false, :now, :now, 0, :later, :later,
    CASE WHEN i % 4 = 0 THEN :now ELSE NULL END
FROM n
"""
GRANTS = f"""
INSERT INTO grants (id, user_id, client_id, browser_session_id, scope, offline,
    auth_time, amr, created_at, expires_at)
{COUNT}
SELECT 'grant-' || i, 'user-' || ((i - 1) / 2 + 1),
    'growth-' || CASE WHEN i % 2 = 0 THEN 0 ELSE i % {CLIENTS} END,
    'session-' || i, 'openid offline_access', true, :now, '["pwd"]', :now, :later
FROM n
"""
FAMILIES = f"""
INSERT INTO refresh_families (id, grant_id, client_id, salt, generation,
    idle_expires_at, expires_at)
{COUNT}
SELECT 'family-' || i, 'grant-' || i,
    'growth-' || CASE WHEN i % 2 = 0 THEN 0 ELSE i % {CLIENTS} END, :salt, 0, :later,
    :later
FROM n
"""
OF_USERS = (USERS, EMAILS, MEMBERS)
OF_SESSIONS = (SESSIONS, GRANTS, FAMILIES)


def fill(connection: Connection, *, users: int, there: int = 0) -> Iterator[None]:
    """Add users, and two sessions, grants and families of each; commit as it goes.

    Some of them may be ``there`` already. Yields after each batch.
    """
    now = utcnow()
    _prepare(connection, now, first=not there)
    for statements, of_each in ((OF_USERS, 1), (OF_SESSIONS, 2)):
        for first in range(there * of_each + 1, users * of_each + 1, AT_ONCE):
            last = min(first + AT_ONCE - 1, users * of_each)
            for statement in statements:
                _run(connection, statement, now=now, first=first, last=last)
            connection.commit()
            yield
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def _prepare(connection: Connection, now: datetime, *, first: bool) -> None:
    """Make the words, and at first the clients and the organization."""
    connection.exec_driver_sql("DROP TABLE IF EXISTS growth_words")
    connection.exec_driver_sql(
        "CREATE TABLE growth_words (k INTEGER PRIMARY KEY, word VARCHAR)"
    )
    words = [{"k": k, "word": word} for k, word in enumerate(WORDS)]
    connection.execute(text("INSERT INTO growth_words VALUES (:k, :word)"), words)
    connection.commit()
    if not first:
        return
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


def _run(
    connection: Connection, statement: str, *, now: datetime, **values: int | bytes
) -> None:
    moments = {"now": now, "later": now + timedelta(days=30)}
    given = {**moments, "salt": bytes(32), **values}
    named = {name: value for name, value in given.items() if f":{name}" in statement}
    typed = [bindparam(name, type_=UTCDateTime()) for name in moments if name in named]
    connection.execute(text(statement).bindparams(*typed), named)
