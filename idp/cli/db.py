"""``idp db``."""

import os

import click

from idp.core.settings.server import ServerSettings
from idp.ops.configuration import configure_command
from idp.ops.database import upgrade_database
from idp.ops.revisions import draft_revision


@click.group()
def command() -> None:
    """Create and migrate the database."""


@command.command()
def upgrade() -> None:
    """Create the database if it is empty and bring it to the newest revision."""
    server = configure_command(os.environ)[ServerSettings]
    click.echo(f"The database is at revision {upgrade_database(server.database_url)}.")


@command.command()
@click.argument("message")
def revision(message: str) -> None:
    """Draft the next revision from the models, called MESSAGE. For developers."""
    click.echo(draft_revision(message))
