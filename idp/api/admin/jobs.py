"""/api/admin/jobs: what the background workers do, and how it goes."""

from dataclasses import asdict
from datetime import datetime

from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.administration.job_runs import State, list_jobs
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.json.models import Answer
from idp.web.json.routes import JsonBlueprint

api = JsonBlueprint("admin_jobs_api", __name__, tag="Administration: server")


class JobAnswer(Answer):
    """A job and how its last runs went; `error` is the kind of the last failure."""

    __qualname__ = "Job"  # as the API document calls it

    name: str
    state: State = Field(
        description="`late` is one that no worker has run in twice its time"
    )
    last_run_at: datetime | None
    next_run_at: datetime
    failed_at: datetime | None
    error: str | None
    every_seconds: int


class JobsAnswer(Answer):
    """All jobs by name; none where no worker has ever run."""

    __qualname__ = "Jobs"  # as the API document calls it

    items: list[JobAnswer]


@api.operation(
    "GET",
    "/api/admin/jobs",
    id="admin_jobs_api_show_all",
    answers={200: JobsAnswer},
    refusals=(NotPermitted,),
)
def show_all(who: Caller) -> JobsAnswer:
    """List the background jobs and how they go."""
    access.require(who, Permission.SETTINGS_READ)
    return JobsAnswer(items=[JobAnswer(**asdict(job)) for job in list_jobs()])
