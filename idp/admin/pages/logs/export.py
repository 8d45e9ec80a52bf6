"""Rows of the audit log as files for spreadsheets and programs."""

import csv
import json
from collections.abc import Iterable
from io import StringIO
from typing import Any

from idp.security.models import AuditEvent

COLUMNS = (
    "id",
    "occurred_at",
    "event",
    "outcome",
    "user_id",
    "actor",
    "subject",
    "client_id",
    "ip",
    "user_agent",
    "request_id",
    "detail",
)
# What a spreadsheet takes for the beginning of a formula.
FORMULA_MARKS = (
    *("=", "+", "-", "@", "\t", "\r", "\n"),
    *("\uff1d", "\uff0b", "\uff0d", "\uff20"),  # the same in full width
)


def as_csv(rows: Iterable[AuditEvent]) -> str:
    """Return rows as CSV (RFC 4180); no cell of it is a formula."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(map(_cell, _values(row).values()))
    return text.getvalue()


def as_json_lines(rows: Iterable[AuditEvent]) -> str:
    """Return rows as JSON, one a line."""
    return "".join(json.dumps(_values(row)) + "\n" for row in rows)


def _values(row: AuditEvent) -> dict[str, Any]:
    """Return all that a row holds."""
    told = {name: getattr(row, name) for name in COLUMNS}
    return told | {"occurred_at": row.occurred_at.isoformat()}


def _cell(value: object) -> str:
    """Return one cell: text begins with ' where it could be taken for a formula."""
    if value is None:
        return ""
    text = json.dumps(value) if isinstance(value, dict) else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_MARKS) else text
