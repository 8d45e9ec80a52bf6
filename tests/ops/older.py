"""Databases as earlier versions left them."""

import shutil

from idp.ops import database
from idp.ops.database import upgrade_database


def leave_at(revision, url, *, folder, monkeypatch):
    """Make the schema of ``revision`` in an empty database."""
    shutil.copytree(database.migrations_folder(), folder)
    for file in (folder / "versions").glob("[0-9]*.py"):
        if file.stem > revision:
            file.unlink()
    with monkeypatch.context() as patch:
        patch.setattr(database, "PACKED", folder)
        assert upgrade_database(url) == revision
