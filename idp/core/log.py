"""Log lines: one JSON object each, with the request id, without secrets."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

from idp.core.context import NO_REQUEST, running_unit

QUIET = ("authlib", "granian.access", "flask_sqlalchemy")
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def request_id() -> str:
    """Return what names this request in log lines, audit rows and on error pages.

    Outside of requests it is ``command``.
    """
    unit = running_unit()
    return NO_REQUEST if unit is None else unit.caller.request_id


class JsonLines(logging.Formatter):
    """Render a record as one JSON line; ``extra`` fields become members.

    JSON escapes line breaks, so no value can forge a second line.
    """

    as_json = json.JSONEncoder(default=str, ensure_ascii=False).encode

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line = {
            "at": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        named = request_id()
        if named != NO_REQUEST:
            line["request_id"] = named
        line.update({k: v for k, v in vars(record).items() if k not in STANDARD})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return self.as_json(line)


def configure_logging(
    *, level: int = logging.INFO, stream: TextIO | None = None
) -> None:
    """Send this process's log to ``stream`` (standard error) as JSON lines.

    Authlib logs issued tokens at DEBUG: its loggers never go below INFO. What no line
    shows is not looked up for it, by the switches of Python's logging how-to.
    """
    logging._srcfile = None  # noqa: SLF001 - documented
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
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
