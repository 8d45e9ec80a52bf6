"""/admin: what needs somebody, and the server in numbers."""

from typing import Any

from flask import Blueprint, Response
from flask_babel import lazy_gettext

from idp.accounts.access.permissions import Permission
from idp.admin.pages.frame import admin_page
from idp.admin.system.charts import BAR, HEIGHT, chart_of
from idp.administration.attention import Attention, Need
from idp.administration.stats import Stats, read_stats
from idp.web.attention_words import attention_words
from idp.web.callers import access
from idp.web.callers.requester import this_arrival

JOBS = "/admin/jobs", Permission.SETTINGS_READ
KEYS = "/admin/keys", Permission.KEYS_READ
MAIL = "/admin/mail", Permission.DELIVERIES_READ
FAILED_MAIL = "/admin/mail?state=failed", Permission.DELIVERIES_READ
FAILED_DELIVERIES = "/admin/deliveries?state=failed", Permission.DELIVERIES_READ
DISK = "/admin/settings?query=DATA", Permission.SETTINGS_READ
PROXIES = "/admin/settings?query=TRUSTED_PROXIES", Permission.SETTINGS_READ
# Where something can be done about it.
PLACES: dict[Need, tuple[str, Permission]] = {
    Need.NO_SIGNING_KEY: KEYS,
    Need.NO_WORKER: JOBS,
    Need.JOBS_FAILING: JOBS,
    Need.JOBS_LATE: JOBS,
    Need.MAIL_FAILED: FAILED_MAIL,
    Need.MAIL_DELAYED: MAIL,
    Need.DELIVERIES_FAILED: FAILED_DELIVERIES,
    Need.KEYS_ROTATE: KEYS,
    Need.APPROVALS_WAIT: ("/admin/approvals", Permission.WAITLIST),
    Need.DISK_FULL: DISK,
    Need.DISK_LOW: DISK,
    Need.PROXY_UNTRUSTED: PROXIES,
    Need.PROXY_SILENT: PROXIES,
}
CHARTS = (
    ("sign_ins", lazy_gettext("Sign-ins"), ""),
    ("sign_ups", lazy_gettext("Sign-ups"), ""),
    ("failures", lazy_gettext("Failed sign-ins"), "bad"),
)

bp = Blueprint("overview", __name__, url_prefix="/admin")
access.protect(bp, read=Permission.USERS_READ, write=Permission.SETTINGS_WRITE)


@bp.get("")
def show_overview() -> Response:
    """Show what needs somebody, and what happened in thirty days."""
    stats = read_stats(this_arrival())
    return admin_page(
        "admin/system/overview.html",
        stats=stats,
        attention=[_shown(item) for item in stats.attention],
        charts=_charts(stats),
        bar_width=BAR,
        chart_height=HEIGHT,
        may_register=Permission.CLIENTS_WRITE in access.held_here(),
    )


def _shown(item: Attention) -> dict[str, Any]:
    """Return what the page shows of something, with the way there if it is open."""
    url, needed = PLACES.get(item.need, (None, None))
    return {
        "urgency": item.urgency,
        "words": attention_words(item),
        "url": url if needed in access.held_here() else None,
    }


def _charts(stats: Stats) -> list[dict[str, Any]]:
    """Return the charts, each with its name."""
    return [
        {
            "name": name,
            "label": label,
            "tone": tone,
            "chart": chart_of([(day.day, getattr(day, name)) for day in stats.days]),
        }
        for name, label, tone in CHARTS
    ]
