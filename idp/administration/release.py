"""Which version runs, and which schema it finds."""

from dataclasses import dataclass

from sqlalchemy import text

from idp.core.db import db


@dataclass(frozen=True)
class Release:
    """The running version, and the newest revision of the database that it knows."""

    version: str
    revision: str


def applied_revision() -> str:
    """Return the revision that the database is at."""
    return str(db.session.scalar(text("SELECT version_num FROM alembic_version")))
