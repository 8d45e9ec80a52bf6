"""Probes: is the process up, and can it serve?"""

import logging
from http import HTTPStatus

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import SQLAlchemyError

from idp.core.clock import utcnow
from idp.core.connections import Database
from idp.core.context import current
from idp.core.db import table_of
from idp.core.settings.server import ServerSettings
from idp.oauth.models import SigningKey
from idp.ops.database import Schema, check_schema
from idp.ops.instance import secret_fits
from idp.security.ratelimit.counters import Counters
from idp.web.http.short import is_short

bp = Blueprint("health", __name__)
log = logging.getLogger(__name__)

OK = "ok"

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


@bp.get("/readyz")
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
    return body, HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE


def _readiness() -> dict[str, str]:
    """Return what a request needs and whether it is there."""
    checks = dict.fromkeys(("database", "migrations", "secret_key", "keys"), "failed")
    try:
        with current(Database).engine.connect() as connection:
            checks["database"] = OK
            if check_schema(connection) is Schema.CURRENT:
                checks["migrations"] = OK
                checks["secret_key"] = OK if secret_fits(connection) else "wrong"
                signing = connection.execute(SIGNING, {"now": utcnow()}).scalar_one()
                checks["keys"] = OK if signing else "failed"
    except SQLAlchemyError:
        log.exception("not ready")
    return checks
