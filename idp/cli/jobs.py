"""``idp jobs``."""

from dataclasses import dataclass

import click

from idp.accounts.access.permissions import Permission
from idp.administration.job_runs import JobState, list_jobs
from idp.cli.application import with_application
from idp.cli.client_json import moment
from idp.cli.listing import json_option, print_list


@dataclass(frozen=True)
class ListedJob:
    """One line about a job."""

    name: str
    state: str
    last_run_at: str | None
    next_run_at: str | None
    failed_at: str | None
    error: str | None


@click.group()
def command() -> None:
    """See how the background jobs go."""


@command.command("list")
@json_option
@with_application(Permission.SETTINGS_READ)
def list_all(*, as_json: bool) -> None:
    """List the jobs: name, state, last run, next run, last failure and its kind.

    A job is late when no worker has run it in twice its time, failing when its last run
    went wrong; the log has the whole error.
    """
    print_list(list(map(_line, list_jobs())), as_json=as_json)


def _line(job: JobState) -> ListedJob:
    """Return the line about a job."""
    return ListedJob(
        name=job.name,
        state=job.state,
        last_run_at=moment(job.last_run_at),
        next_run_at=moment(job.next_run_at),
        failed_at=moment(job.failed_at),
        error=job.error,
    )
