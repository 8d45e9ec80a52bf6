"""``idp jobs --server``."""

from typing import Any

from idp.cli import jobs
from idp.cli.by_server.connection import Server, by_server
from idp.cli.by_server.times import seconds_of
from idp.cli.jobs import ListedJob
from idp.cli.listing import print_list


@by_server(jobs.list_all)
def _list_all(server: Server, *, as_json: bool) -> None:
    found = server.get("/api/admin/jobs")["items"]
    print_list(list(map(_line, found)), as_json=as_json)


def _line(job: dict[str, Any]) -> ListedJob:
    """Return the line about a job."""
    return ListedJob(
        name=job["name"],
        state=job["state"],
        last_run_at=seconds_of(job["last_run_at"]),
        next_run_at=seconds_of(job["next_run_at"]),
        failed_at=seconds_of(job["failed_at"]),
        error=job["error"],
    )
