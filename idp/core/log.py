"""Log lines: one JSON object each, with the request id, without secrets."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

from flask import g, has_request_context

QUIET = ("authlib", "granian.access", "flask_sqlalchemy")
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class JsonLines(logging.Formatter):
    """Render a record as one JSON line; ``extra`` fields become members.

    JSON escapes line breaks, so no value can forge a second line.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line = {
            "at": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            line["request_id"] = g.get("request_id")
        line.update((k, v) for k, v in vars(record).items() if k not in STANDARD)
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


def configure_logging(
    *, level: int = logging.INFO, stream: TextIO | None = None
) -> None:
    """Send this process's log to ``stream`` (standard error) as JSON lines.

    Authlib logs issued tokens at DEBUG: its loggers never go below INFO.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(level, logging.INFO))


def shown_email(address: str) -> str:
    """Return an address as logs may show it: a***@example.com."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}***@{domain}"
