"""``idp worker``."""

import click

from idp.cli.application import open_application
from idp.core.log import configure_logging
from idp.ops.processes.background import JOBS
from idp.ops.processes.jobs import run_worker


@click.command()
def command() -> None:
    """Run the background worker alone: mail, clean-up, key rotation.

    ``idp serve`` runs one already; more of them, on any node, share the work.
    """
    configure_logging()
    run_worker(open_application(), JOBS)
