"""The database: made once, migrated safely, compared with the models."""

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from idp.ops import database
from idp.ops.database import (
    Schema,
    connected,
    missing_steps,
    prepare_schema,
    revisions,
    schema_of,
    upgrade_database,
)
from idp.ops.refusals import Refusal
from idp.ops.revisions import differences
from idp.ops.upgrades.steps import read_step

ADD_AND_REBUILD = '''"""Change a table that others refer to."""

import sqlalchemy as sa
from alembic import op

revision = "9000_shoe_size"
down_revision = "{newest}"


def upgrade() -> None:
    with op.batch_alter_table("users") as users:
        users.add_column(sa.Column("shoe_size", sa.Integer()))
        users.alter_column("gender", type_=sa.String(80))  # SQLite copies the table
'''

MIXED = 76  # revisions that made indexes as it came
ADD_TOKEN = (
    "INSERT INTO one_time_tokens (id, purpose, token_digest, code_tries, user_id, data,"
    " created_at, expires_at) VALUES ('t', 'verify', 'd', 0, 'ada', '{}',"
    " '2026-01-01', '2030-01-01')"
)
ADD_ORPHAN = f'''"""Add a row that refers to nobody."""

from alembic import op

revision = "9001_orphan"
down_revision = "9000_shoe_size"


def upgrade() -> None:
    op.execute("""{ADD_TOKEN}""")
'''


@pytest.fixture
def newer_version(tmp_path, monkeypatch) -> None:
    """Let the code be a version with one more revision, which rebuilds ``users``."""
    folder = tmp_path / "migrations"
    shutil.copytree(database.migrations_folder(), folder)
    revision = ADD_AND_REBUILD.format(newest=revisions()[-1])
    (folder / "versions" / "9000_shoe_size.py").write_text(revision)
    monkeypatch.setattr(database, "PACKED", folder)


def run(url: str, statement: str) -> list[tuple]:
    with connected(url) as connection, connection.begin():
        result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


def test_migrations_make_exactly_what_the_models_say(database_url):
    assert differences(database_url) == []


def test_a_new_database_is_at_the_newest_revision(empty_url):
    assert schema_of(empty_url) is Schema.EMPTY
    assert upgrade_database(empty_url) == revisions()[-1]
    assert schema_of(empty_url) is Schema.CURRENT


def test_upgrading_again_changes_nothing(empty_url):
    upgrade_database(empty_url)
    run(empty_url, "INSERT INTO revoked_tokens VALUES ('j', '2030-01-01')")
    upgrade_database(empty_url)
    assert run(empty_url, "SELECT jti FROM revoked_tokens") == [("j",)]


def test_processes_that_create_one_database_at_once_all_succeed(empty_url):
    code = f"from idp.ops.database import *; upgrade_database({empty_url!r})"
    starts = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(4)]
    assert [start.wait(60) for start in starts] == [0, 0, 0, 0]
    assert schema_of(empty_url) is Schema.CURRENT


def test_a_new_sqlite_file_is_private_and_has_a_write_ahead_log(tmp_path):
    path = tmp_path / "data" / "idp.sqlite3"
    upgrade_database(f"sqlite:///{path}")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_an_older_schema_waits_for_a_word(database_url, newer_version):
    assert schema_of(database_url) is Schema.OLDER
    with pytest.raises(Refusal, match="idp db upgrade"):
        prepare_schema(database_url, migrate=False)
    assert prepare_schema(database_url, migrate=True) is False
    assert schema_of(database_url) is Schema.CURRENT


def test_rebuilding_a_table_keeps_the_rows_that_refer_to_it(
    database_url, newer_version, monkeypatch
):
    run(
        database_url,
        "INSERT INTO users (id, email, email_key, must_change_password, status, roles,"
        " created_at, updated_at) VALUES ('ada', 'a@example.com', 'a@example.com',"
        " false, 'active', '[]', '2026-01-01', '2026-01-01')",
    )
    run(database_url, ADD_TOKEN)
    upgrade_database(database_url)
    assert run(database_url, "SELECT id, shoe_size FROM users") == [("ada", None)]
    assert run(database_url, "SELECT user_id FROM one_time_tokens") == [("ada",)]


def test_a_revision_that_breaks_what_rows_refer_to_changes_nothing(
    database_url, newer_version
):
    path = database.PACKED / "versions" / "9001_orphan.py"
    path.write_text(ADD_ORPHAN)
    with pytest.raises((RuntimeError, IntegrityError)):
        upgrade_database(database_url)
    assert schema_of(database_url) is Schema.OLDER
    assert run(database_url, "SELECT user_id FROM one_time_tokens") == []


def test_who_finds_nothing_to_upgrade_waits_for_nobody(tmp_path):
    path = tmp_path / "idp.sqlite3"
    upgrade_database(f"sqlite:///{path}")
    writing = sqlite3.connect(path)
    writing.execute("BEGIN IMMEDIATE")
    assert upgrade_database(f"sqlite:///{path}") == revisions()[-1]
    writing.close()


def test_a_schema_of_a_newer_version_is_left_alone(database_url):
    run(database_url, "UPDATE alembic_version SET version_num = '9999_future'")
    run(
        database_url,
        "UPDATE instance SET value = '9998_future' WHERE key = 'serves_from'",
    )
    assert schema_of(database_url) is Schema.NEWER
    for migrate in (False, True):
        with pytest.raises(Refusal, match="newer version"):
            prepare_schema(database_url, migrate=migrate)
    with pytest.raises(Refusal, match="newer version"):
        upgrade_database(database_url)


def test_a_newer_schema_that_still_serves_this_version_is_served(database_url):
    run(database_url, "UPDATE alembic_version SET version_num = '9999_future'")
    run(database_url, "DELETE FROM instance WHERE key = 'serves_from'")
    kept = f"INSERT INTO instance VALUES ('serves_from', '{revisions()[-1]}')"
    run(database_url, kept)
    assert schema_of(database_url) is Schema.AHEAD
    assert prepare_schema(database_url, migrate=True) is False
    upgrade_database(database_url)
    assert missing_steps(database_url) == []
    assert run(database_url, "SELECT * FROM alembic_version") == [("9999_future",)]


@pytest.mark.parametrize("compatible", [True, False])
def test_an_upgrade_keeps_from_which_version_on_it_serves(
    database_url, newer_version, compatible
):
    before = revisions()[-2]
    path = database.PACKED / "versions" / "9000_shoe_size.py"
    path.write_text(f"{path.read_text()}\ncompatible = {compatible}\n")
    [step] = missing_steps(database_url)
    assert (step.revision, step.compatible) == ("9000_shoe_size", compatible)
    run(database_url, "DELETE FROM instance WHERE key = 'serves_from'")
    upgrade_database(database_url)
    kept = "SELECT value FROM instance WHERE key = 'serves_from'"
    oldest = before if compatible else "9000_shoe_size"
    assert run(database_url, kept) == [(oldest,)]


def test_an_unreachable_database_is_a_refusal_and_not_a_trace():
    with pytest.raises(Refusal, match="cannot be reached"):
        schema_of("postgresql://nobody@127.0.0.1:1/nothing")


def test_a_database_with_tables_of_another_program_is_left_alone(database_url):
    run(database_url, "ALTER TABLE alembic_version RENAME TO orders")
    with pytest.raises(Refusal, match=r"another program \(.*name an empty database"):
        upgrade_database(database_url)
    run(database_url, "ALTER TABLE orders RENAME TO alembic_version")
    assert schema_of(database_url) is Schema.CURRENT


def test_a_start_that_has_nothing_to_migrate_does_not_import_alembic(database_url):
    code = (
        "import sys; from idp.ops.database import prepare_schema;"
        f"prepare_schema({database_url!r}, migrate=True);"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_large_tables_get_their_indexes_while_they_are_used():
    for name in revisions()[MIXED:]:
        path = database.migrations_folder() / "versions" / f"{name}.py"
        source = path.read_text()
        if "create_index(" in source and "create_table(" not in source:
            assert read_step(path).concurrent, f"{name}: see idp.ops.upgrades.indexes"


def test_a_plan_names_the_tables_that_others_wait_for():
    locked = {step.revision[:4]: step.locks for step in missing_steps("sqlite:///no")}
    assert locked["0076"] == ["device_codes", "interactions", "pending_logouts"]
    assert locked["0066"] == ["pending_registrations", "users"]
    assert locked["0041"] == locked["0072"] == []


def test_revisions_are_files_named_by_number(tmp_path):
    names = [name[:4] for name in revisions()]
    assert names == [f"{number:04d}" for number in range(1, len(names) + 1)]
    assert all(len(name) <= 32 for name in revisions())
    assert Path(database.migrations_folder(), "env.py").exists()
