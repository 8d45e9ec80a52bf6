"""Compare the models with the database; draft the revision that makes up for it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import idp.accounts.models
import idp.administration.models
import idp.core.caches.versions
import idp.mail.models
import idp.oauth.models
import idp.ops.models
import idp.organizations.models
import idp.security.models  # noqa: F401 - the imports fill Model.metadata
from idp.core.db import Model, UTCDateTime
from idp.ops.database import (
    alembic_config,
    connected,
    migrations_folder,
    revisions,
    upgrade_database,
)

MAX_NAME = 32  # the width of Alembic's own column
# Differs between databases, and may be missing: no model says what it is.
UNMODELLED = frozenset({"ix_users_search"})
FORMAT = {
    "hooks": "ruff",
    "ruff.type": "module",
    "ruff.module": "ruff",
    "ruff.options": "format REVISION_SCRIPT_FILENAME",
}


def draft_revision(message: str) -> Path:
    """Write the next ``NNNN_message.py`` and return it; a person reads and edits it.

    The models are compared with a new SQLite database at the newest revision. Before
    the first release, delete 0001 and draft "initial" again.
    """
    from alembic import command

    number = len(revisions()) + 1
    name = f"{number:04d}_{'_'.join(message.lower().split())}"[:MAX_NAME]
    with _draft_database() as url, connected(url) as connection:
        config = alembic_config(connection)
        config.set_main_option("file_template", "%%(rev)s")
        config.attributes["draft"] = {
            "target_metadata": Model.metadata,
            "render_item": _render_item,
            "include_name": _is_modelled,
            "render_as_batch": number > 1,  # SQLite alters a table by copying it
        }
        for option, value in FORMAT.items():
            config.set_section_option("post_write_hooks", option, value)
        command.revision(config, message=message, rev_id=name, autogenerate=True)
    return migrations_folder() / "versions" / f"{name}.py"


def differences(url: str) -> list[Any]:
    """Return what Alembic would change to make the database equal to the models."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with connected(url) as connection:
        opts = {"compare_type": True, "include_name": _is_modelled}
        found = MigrationContext.configure(connection, opts=opts)
        return list(compare_metadata(found, Model.metadata))


def _is_modelled(name: str | None, *_kind_and_parents: object) -> bool:
    """Tell whether something in the database is compared with the models."""
    return name not in UNMODELLED


@contextmanager
def _draft_database() -> Iterator[str]:
    """Yield the URL of a throw-away SQLite database at the newest revision."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/draft.sqlite3"
        if revisions():
            upgrade_database(url)
        yield url


def _render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our own type as a plain one, so that old revisions need no code of ours."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False
