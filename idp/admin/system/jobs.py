"""/admin/jobs: what the background workers do, and how it goes."""

from flask import Blueprint, Response

from idp.accounts.access.permissions import Permission
from idp.admin.pages.frame import admin_page
from idp.administration.job_runs import list_jobs
from idp.web.callers import access

bp = Blueprint("jobs", __name__, url_prefix="/admin/jobs")
access.protect(bp, read=Permission.SETTINGS_READ, write=Permission.SETTINGS_WRITE)


@bp.get("")
def show_jobs() -> Response:
    """List the jobs, first those that need somebody."""
    order = ("failing", "late", "waiting", "ok")
    jobs = sorted(list_jobs(), key=lambda job: (order.index(job.state), job.name))
    return admin_page("admin/system/jobs.html", jobs=jobs)
