"""Databases in which nothing is yet, and seeds."""

from itertools import count

import pytest

from idp.ops.seed import apply_seed, read_seed
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


@pytest.fixture
def seed(tmp_path, app):
    """Read and apply a seed file, as a start does."""

    def apply(text: str) -> None:
        path = tmp_path / "seed.toml"
        path.write_text(text, "utf-8-sig")  # as editors on Windows do
        declared = read_seed(path)
        with app.app_context():
            apply_seed(declared)

    return apply
