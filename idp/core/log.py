"""Log lines: one JSON object each, with the request id, without secrets."""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TextIO

from idp.core.context import NO_REQUEST, running_caller
from idp.core.log_lines import open_lines

QUIET = ("authlib", "flask_sqlalchemy")
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def request_id() -> str:
    """Return what names this request in log lines, audit rows and on error pages.

    Outside of requests it is ``command``.
    """
    return running_caller().request_id


class Happened(logging.LogRecord):
    """A record of an event, with the members of its line.

    No line shows where in the code it was written, so that is not looked up: to look
    it up is a fourth of what the line of an issued token costs.
    """

    def __init__(
        self, logger: str, event: str, *, members: Mapping[str, object]
    ) -> None:
        super().__init__(logger, logging.INFO, "", 0, event, None, None)
        self.members = members


def log_event(log: logging.Logger, event: str, **members: object) -> None:
    """Write one line about an event."""
    if log.isEnabledFor(logging.INFO):
        log.handle(Happened(log.name, event, members=members))


class JsonLines(logging.Formatter):
    """Render a record as one JSON line; ``extra`` fields become members.

    JSON escapes line breaks, so no value can forge a second line.
    """

    as_json = json.JSONEncoder(default=str, ensure_ascii=False).encode

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "at": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        named = request_id()
        if named != NO_REQUEST:
            line["request_id"] = named
        line.update(_members_of(record))
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return self.as_json(line)


def configure_logging(
    *, level: int = logging.INFO, stream: TextIO | None = None
) -> None:
    """Send this process's log to ``stream`` (standard error) as JSON lines.

    Nobody waits for its reader. Authlib logs issued tokens at DEBUG: its loggers never
    go below INFO. What no line shows is not looked up for it, by the switches of
    Python's logging how-to.
    """
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = open_lines(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(level, logging.INFO))


def _members_of(record: logging.LogRecord) -> Mapping[str, object]:
    """Return what a line has beside its message: ``extra`` fields of other records."""
    if isinstance(record, Happened):
        return record.members
    return {k: v for k, v in vars(record).items() if k not in STANDARD}


def shown_email(address: str) -> str:
    """Return an address as logs may show it: a***@example.com."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}***@{domain}"
