"""What users have under the key of an attribute, in the column that holds all."""

from typing import Any

from sqlalchemy import JSON, Text, cast, func, select, update
from sqlalchemy.dialects.postgresql import JSONB

from idp.accounts.models import User
from idp.core.connections import connection
from idp.core.db import table_of

users = table_of(User)


def count_values(key: str) -> int:
    """Return how many users have a value."""
    counted = select(func.count()).select_from(users).where(_has(key))
    return connection().execute(counted).scalar_one()


def forget_values(key: str) -> int:
    """Take a key out of the values of all users; return of how many."""
    if connection().dialect.name == "sqlite":
        left: Any = func.json_remove(users.c.attributes, f"$.{key}")
    else:
        left = _as_jsonb().op("-", return_type=JSONB())(cast(key, Text)).cast(JSON)
    change = update(users).where(_has(key)).values(attributes=left)
    return connection().execute(change).rowcount


def _has(key: str) -> Any:
    """Say which users have a value; keys need no escape in a path."""
    if connection().dialect.name == "sqlite":
        return func.json_type(users.c.attributes, f"$.{key}").is_not(None)
    return _as_jsonb().has_key(key)


def _as_jsonb() -> Any:
    """Return the column as PostgreSQL can take it apart."""
    return users.c.attributes.cast(JSONB)
