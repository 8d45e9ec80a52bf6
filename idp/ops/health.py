"""Probes: is the process up, and can it serve?"""

import logging
import shutil
from http import HTTPStatus

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, bindparam, func, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from idp.core.clock import utcnow
from idp.core.connections import Database
from idp.core.context import current
from idp.core.db import table_of
from idp.core.pool.commits import COMMITS
from idp.core.pool.disk import DISK
from idp.core.pool.slots import lacks_slot
from idp.core.settings.server import ServerSettings
from idp.oauth.models import SigningKey
from idp.oauth.protocol.machine import MachineAnswer, json_answer
from idp.ops.database import SERVED, check_schema
from idp.ops.instance import secret_fits
from idp.security.ratelimit.counters import Counters
from idp.web.http.short import Probe, is_probe, is_short

bp = Blueprint("health", __name__)
log = logging.getLogger(__name__)

OK = "ok"
CHECKS = ("database", "migrations", "secret_key", "keys")
ANSWERED_SECONDS = 2  # probes of balancers wait for three to ten
ROOM_BYTES = 1024**2  # SQLite needs some to roll back what no longer fits
RETRY = (("Retry-After", "2"),)

keys = table_of(SigningKey)
NOW = bindparam("now", type_=keys.c.signs_from.type)
SIGNING = (
    select(func.count())
    .select_from(keys)
    .where(keys.c.signs_from <= NOW)
    .where(keys.c.retires_at.is_(None) | (keys.c.retires_at > NOW))
)


@bp.get("/healthz")
@is_short
def healthz() -> ResponseReturnValue:
    """Answer while the process runs, whatever the state of the database."""
    return jsonify(status="up")


def _late() -> MachineAnswer:
    """Answer for a database that does not, in the time that probes wait."""
    told = {**dict.fromkeys(CHECKS, "failed"), "database": "slow"}
    return _not_ready({"status": "not ready", "checks": told})


def _leaving() -> MachineAnswer:
    """Answer while the server stops: requests are to go to another node."""
    return _not_ready({"status": "stopping"})


def _not_ready(body: dict[str, object]) -> MachineAnswer:
    return json_answer(body, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=RETRY)


@bp.get("/readyz")
@is_probe(Probe(ANSWERED_SECONDS, late=_late, leaving=_leaving))
def readyz() -> ResponseReturnValue:
    """Tell whether requests can be served: database, migrations, secret, keys.

    Without the Redis that is configured they can, but each process counts by itself.
    """
    told = _readiness()
    ready = all(state == OK for state in told.values())
    if current(ServerSettings).redis_url:
        together = current(Counters).probe()
        told["counters"] = OK if together else "degraded"
    body = {"status": "ready" if ready else "not ready", "checks": told}
    if ready:
        return body, HTTPStatus.OK
    return body, HTTPStatus.SERVICE_UNAVAILABLE, list(RETRY)


def _readiness() -> dict[str, str]:
    """Return what a request needs and whether it is there."""
    checks = dict.fromkeys(CHECKS, "failed")
    try:
        with current(Database).engine.connect() as connection:
            checks["database"] = _state_of(connection)
            if check_schema(connection) in SERVED:
                checks["migrations"] = OK
                checks["secret_key"] = OK if secret_fits(connection) else "wrong"
                signing = connection.execute(SIGNING, {"now": utcnow()}).scalar_one()
                checks["keys"] = OK if signing else "failed"
    except SQLAlchemyError as error:
        log.exception("not ready")
        if isinstance(error, DBAPIError) and lacks_slot(error.orig):
            checks["database"] = "no connection free"
    return checks


def _state_of(connection: Connection) -> str:
    """Tell whether a database that answers takes writes, and carries them out."""
    if DISK.is_full():
        return "full"
    if connection.dialect.name == "sqlite":
        path = connection.engine.url.database or "."
        return OK if shutil.disk_usage(path).free >= ROOM_BYTES else "full"
    if connection.scalar(text("SHOW transaction_read_only")) == "on":
        return "read-only"
    return "slow" if COMMITS.are_slow() else OK
