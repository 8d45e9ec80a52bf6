"""``idp db``."""

import os
from collections.abc import Iterator

import click

from idp.core.settings.server import ServerSettings
from idp.ops.configuration import configure_command
from idp.ops.database import PACKED, missing_steps, upgrade_database
from idp.ops.refusals import Refusal
from idp.ops.revisions import draft_revision
from idp.ops.upgrades.steps import RevisionStep


@click.group()
def command() -> None:
    """Create and migrate the database."""


@command.command()
@click.option("--plan", is_flag=True, help="Say what would be done, and do nothing.")
def upgrade(*, plan: bool) -> None:
    """Create the database if it is empty and bring it to the newest revision.

    The plan says of each step whether nodes of the version before may go on meanwhile,
    and which tables they wait for.
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
    """Print the steps that are missing, and what each means to who runs meanwhile."""
    steps = missing_steps(url)
    for step in steps:
        click.echo(f"{step.revision}  {step.title}  ({'; '.join(_meant(step))})")
    if not steps:
        click.echo("Nothing to do.")


def _meant(step: RevisionStep) -> Iterator[str]:
    """Yield what a step means to nodes of the version before."""
    yield "nodes may go on" if step.compatible else "stop older nodes first"
    if step.concurrent:
        yield "makes indexes while tables are used"
    if step.locks:
        yield f"locks {', '.join(step.locks)}"
