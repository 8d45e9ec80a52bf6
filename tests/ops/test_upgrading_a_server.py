"""Upgrades of PostgreSQL beside others that use it."""

import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, text

from idp.ops import database
from idp.ops.database import (
    Schema,
    connected,
    missing_steps,
    one_node_at_a_time,
    revisions,
    schema_of,
    upgrade_database,
)
from idp.ops.refusals import Refusal
from idp.ops.upgrades import server
from tests.databases import postgres_server

pytestmark = pytest.mark.any_database  # each has a server of its own

LOCK_USERS = text("LOCK TABLE users")
MORE = """
import sqlalchemy as sa
from alembic import op

revision = "9000_more"
down_revision = "{newest}"


def upgrade() -> None:
    op.add_column("users", sa.Column("shoe_size", sa.Integer()))
"""
INDEX = """
from idp.ops.upgrades.indexes import create_index

revision = "9001_index"
down_revision = "9000_more"
compatible = True
concurrent = True


def upgrade() -> None:
    create_index("ix_users_shoe_size", "users", columns=["shoe_size"])
    create_index("ix_users_gender_shoe_size", "users", columns=["gender", "shoe_size"])
"""
UNFINISHED = """
    CREATE INDEX ix_users_shoe_size ON users (shoe_size);
    UPDATE pg_index SET indisvalid = false
        WHERE indexrelid = 'ix_users_shoe_size'::regclass
"""
BUILT = text(
    "SELECT count(*) FROM pg_index WHERE indisvalid AND indexrelid IN"
    " (to_regclass('ix_users_shoe_size'), to_regclass('ix_users_gender_shoe_size'))"
)
BUILDING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    " AND query LIKE '%INDEX CONCURRENTLY%'"
)
WRITE = text("UPDATE users SET gender = gender")
HELD = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")


@pytest.fixture(scope="module")
def url():
    with postgres_server() as folder:
        url = f"postgresql+psycopg://postgres@/postgres?host={folder}"
        upgrade_database(url)
        yield url


@pytest.fixture
def other(url):
    """A connection of somebody else's."""
    engine = create_engine(url)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def older(url, other, tmp_path, monkeypatch):
    """Let this version have one more revision, which changes ``users``."""
    newest = revisions()[-1]
    folder = tmp_path / "migrations"
    shutil.copytree(database.migrations_folder(), folder)
    (folder / "versions" / "9000_more.py").write_text(MORE.format(newest=newest))
    monkeypatch.setattr(database, "PACKED", folder)
    yield
    other.rollback()
    other.execute(text("ALTER TABLE users DROP COLUMN IF EXISTS shoe_size"))
    back = text("UPDATE alembic_version SET version_num = :newest")
    other.execute(back, {"newest": newest})
    other.commit()


def test_a_schema_that_is_current_needs_no_lock(url):
    with one_node_at_a_time(url):
        assert upgrade_database(url) == revisions()[-1]


def test_no_lock_outlives_whoever_took_it(url, other):
    with one_node_at_a_time(url):
        assert other.scalar(HELD) == 1
        other.rollback()
    assert other.scalar(HELD) == 0


@pytest.mark.usefixtures("older")
def test_who_is_not_done_in_a_minute_is_not_waited_for(url, monkeypatch):
    monkeypatch.setattr(database, "LOCK_WAIT_SECONDS", 1)
    with (
        one_node_at_a_time(url),
        pytest.raises(Refusal, match="Another process is setting the database up"),
    ):
        upgrade_database(url)


@pytest.mark.usefixtures("older")
def test_a_table_in_use_is_given_up_and_tried_again(url, other, monkeypatch, caplog):
    monkeypatch.setattr(server, "TABLE_WAIT_SECONDS", 1)
    other.execute(LOCK_USERS)
    with ThreadPoolExecutor(1) as thread:
        upgrade = thread.submit(upgrade_database, url)
        while not caplog.messages:
            assert not upgrade.done()
        other.rollback()
        assert upgrade.result() == revisions()[-1]


@pytest.mark.usefixtures("older")
def test_a_table_that_stays_in_use_is_a_refusal(url, other, monkeypatch):
    monkeypatch.setattr(server, "TABLE_WAIT_SECONDS", 1)
    monkeypatch.setattr(server, "ATTEMPTS", 1)
    other.execute(LOCK_USERS)
    with pytest.raises(Refusal, match="stayed locked"):
        upgrade_database(url)


@pytest.mark.usefixtures("older")
def test_indexes_are_made_while_their_table_is_written(url, other):
    upgrade_database(url)
    path = database.PACKED / "versions" / "9001_index.py"
    path.write_text(INDEX)
    [step] = missing_steps(url)
    assert (step.concurrent, step.locks) == (True, [])
    other.execute(text(UNFINISHED))
    other.commit()
    other.execute(WRITE)
    with connected(url) as third, ThreadPoolExecutor(1) as thread:
        upgrade = thread.submit(upgrade_database, url)
        while not third.scalar(BUILDING):
            assert not upgrade.done()
            third.rollback()
        third.execute(text("SET LOCAL lock_timeout = '2s'"))
        third.execute(WRITE)
        third.rollback()
        other.rollback()
        assert upgrade.result() == "9001_index"
    assert other.scalar(BUILT) == 2
    assert schema_of(url) is Schema.CURRENT
