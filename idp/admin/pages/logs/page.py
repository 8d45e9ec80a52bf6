"""/admin/logs: who did what, to whom, from where and when."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for

from idp.accounts.access.permissions import Permission
from idp.accounts.users import find_by_login
from idp.admin.lists import asked_page, asked_text, page_urls, url_with
from idp.admin.pages.frame import admin_page
from idp.admin.pages.logs.details import lines_of
from idp.admin.pages.logs.export import as_csv, as_json_lines
from idp.administration.audit_search import (
    AuditFilters,
    addresses_in,
    search_audit,
)
from idp.core.paging import FirstItems
from idp.security.events import EVENTS
from idp.security.models import AuditEvent
from idp.web.callers import access

MOST_EXPORTED = 10_000
LONGEST = 320
LAST_YEAR = 9999
TEXTS = ("event", "outcome", "client_id", "ip", "request_id")
FIELDS = ("who", "whom", *TEXTS, "since", "until")
KINDS = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "jsonl": (as_json_lines, "application/x-ndjson"),
}

bp = Blueprint("logs", __name__, url_prefix="/admin/logs")
access.protect(bp, read=Permission.AUDIT_READ, write=Permission.AUDIT_READ)


@bp.get("")
def show_logs() -> Response:
    """List the events that are like what the address says, the newest first."""
    typed = _typed()
    query = asked_page()
    page = search_audit(_filters(typed), query)
    addresses = addresses_in(page.items)
    return admin_page(
        "admin/logs/list.html",
        rows=[shown_row(row, addresses) for row in page.items],
        typed=dict.fromkeys(FIELDS, "") | typed,
        filtered=bool(typed),
        events=sorted(EVENTS),
        most=MOST_EXPORTED,
        exports={
            kind: url_with(url_for(".export_logs"), typed | {"format": kind})
            for kind in KINDS
        },
        **page_urls(url_for(".show_logs"), page, asked=query, filters=typed),
    )


@bp.get("/export")
def export_logs() -> Response:
    """Return the newest of the same events as a file."""
    asked = request.args.get("format", "")
    kind = asked if asked in KINDS else "csv"
    write, content_type = KINDS[kind]
    rows = search_audit(_filters(_typed()), FirstItems(MOST_EXPORTED)).items
    response = Response(write(rows), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="audit.{kind}"'
    return response


def shown_row(row: AuditEvent, addresses: dict[str, str]) -> dict[str, Any]:
    """Return what the list shows of a row."""
    return {
        "at": row.occurred_at,
        "event": row.event,
        "refused": row.outcome == "refused",
        "who": row.actor or addresses.get(row.user_id or "", row.user_id),
        "whom": addresses.get(row.subject or "", row.subject),
        "about": addresses.get(row.user_id or "", row.user_id) if row.actor else None,
        "client_id": row.client_id,
        "ip": row.ip,
        "request_id": row.request_id,
        "lines": lines_of(row.detail or {}),
    }


def _typed() -> dict[str, str]:
    """Return the filters of the address that say something."""
    given = {name: asked_text(name, longest=LONGEST) for name in FIELDS}
    return {name: text for name, text in given.items() if text}


def _filters(typed: dict[str, str]) -> AuditFilters:
    """Return what to search for; of people also by address or username."""
    until = _day(typed.get("until"))
    return AuditFilters(
        who=_id_of(typed.get("who")),
        whom=_id_of(typed.get("whom")),
        since=_day(typed.get("since")),
        until=until + timedelta(days=1) if until else None,
        **{name: typed[name] for name in TEXTS if name in typed},
    )


def _id_of(text: str | None) -> str | None:
    """Return the id of the user who signs in so; else what was typed."""
    user = find_by_login(text) if text else None
    return user.id if user else text


def _day(text: str | None) -> datetime | None:
    """Return the beginning of a day, in UTC; None for what is no day of these times."""
    try:
        day = datetime.strptime(text or "", "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
    return day if day.year < LAST_YEAR else None
