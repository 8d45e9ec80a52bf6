"""``idp db``."""

import os

import click

from idp.core.settings.server import ServerSettings
from idp.ops.configuration import configure_command
from idp.ops.database import PACKED, missing_steps, upgrade_database
from idp.ops.refusals import Refusal
from idp.ops.revisions import draft_revision


@click.group()
def command() -> None:
    """Create and migrate the database."""


@command.command()
@click.option("--plan", is_flag=True, help="Say what would be done, and do nothing.")
def upgrade(*, plan: bool) -> None:
    """Create the database if it is empty and bring it to the newest revision.

    The plan says of each step whether nodes of the version before may go on meanwhile.
    """
    server = configure_command(os.environ)[ServerSettings]
    if plan:
        _show_plan(server.database_url)
        return
    click.echo(f"The database is at revision {upgrade_database(server.database_url)}.")


@command.command()
@click.argument("message")
def revision(message: str) -> None:
    """Draft the next revision from the models, called MESSAGE. For developers."""
    if PACKED.is_dir():
        raise Refusal("Revisions are drafted in a checkout, not in an installation.")
    click.echo(draft_revision(message))


def _show_plan(url: str) -> None:
    """Print the steps that are missing."""
    steps = missing_steps(url)
    for step in steps:
        beside = "nodes may go on" if step.compatible else "stop older nodes first"
        click.echo(f"{step.revision}  {step.title}  ({beside})")
    if not steps:
        click.echo("Nothing to do.")
