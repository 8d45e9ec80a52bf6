"""Databases in which nothing is yet."""

from itertools import count

import pytest

from tests.databases import PostgresDatabases

NUMBERS = count()


@pytest.fixture
def empty_url(databases, tmp_path) -> str:
    """The URL of a database in which nothing is yet."""
    if isinstance(databases, PostgresDatabases):
        name = f"empty_{next(NUMBERS)}"
        databases.run(f"CREATE DATABASE {name}")
        return databases.url(name)
    return f"sqlite:///{tmp_path}/data/idp.sqlite3"
