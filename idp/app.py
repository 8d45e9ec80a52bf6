"""Put the house together: what stands below, kits, faces. Decides nothing."""

from functools import partial
from typing import cast

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from idp import api, endpoints
from idp import pages as hosted_pages
from idp.admin import pages as admin_pages
from idp.core import context
from idp.core.connections import Database
from idp.core.languages import Languages
from idp.core.pool.limits import Limits
from idp.core.settings.declared import Loaded
from idp.core.settings.server import ServerSettings
from idp.endpoints.errors import answer_trouble
from idp.foundation import create_foundation
from idp.oauth.discovery import ServerMetadata
from idp.ops import health
from idp.ops.metrics import page as metrics_page
from idp.security.client_network import Proxies
from idp.web import pages, problems
from idp.web.browser import csrf
from idp.web.http import headers, hosts, negotiation, segments
from idp.web.http.hosts import HostRule
from idp.web.json import docs
from idp.web.machine.front import Front
from idp.web.machine.programs import Programs, Rules
from idp.web.refusals import in_flask

MAX_BODY_BYTES = 64 * 1024
KITS = (
    negotiation,
    hosts,
    csrf,
    segments,
    pages,
    problems,
    in_flask,
    docs,
)


def create_app(settings: Loaded) -> Flask:
    """Return the server as a WSGI app; it opens no connection until a request."""
    app = create_foundation(settings)
    _limit_waiting(app, settings[ServerSettings])
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        TRUSTED_HOSTS=None,
    )
    cast("DefaultJSONProvider", app.json).sort_keys = False
    for kit in KITS:
        kit.init_app(app)
    _add_faces(app)
    _stand_in_front(app)
    headers.init_app(app)  # last, so that it is around every other WSGI layer
    return app


def _limit_waiting(app: Flask, server: ServerSettings) -> None:
    """Let requests wait a while for the database; commands wait as long as need be."""
    context.service_of(app, Database).limits = Limits(
        lock=server.database_lock_seconds,
        statement=server.database_statement_seconds,
        idle=server.database_idle_seconds,
    )


def _add_faces(app: Flask) -> None:
    """Register the routes of every face."""
    for blueprint in (
        health.bp,
        metrics_page.bp,
        *hosted_pages.BLUEPRINTS,
        *api.BLUEPRINTS,
        *endpoints.BLUEPRINTS,
        *admin_pages.BLUEPRINTS,
    ):
        app.register_blueprint(blueprint)


def _stand_in_front(app: Flask) -> None:
    """Answer programs before Flask, and describe all that is served then."""
    rules = Rules(context.service_of(app, Proxies), context.service_of(app, HostRule))
    programs = Programs(
        context.services_of(app),
        rules=rules,
        endpoints=endpoints.FOR_PROGRAMS,
        trouble=answer_trouble,
    )
    context.provide(app, programs)
    app.wsgi_app = Front(app.wsgi_app, programs)  # type: ignore[method-assign]
    languages = context.service_of(app, Languages)
    served = partial(_paths, app)
    context.provide(app, ServerMetadata(paths=served, languages=languages.names))


def _paths(app: Flask) -> set[str]:
    """Return every path that is served, by Flask or before it."""
    for_programs = {endpoint.path for endpoint in endpoints.FOR_PROGRAMS}
    return for_programs | {rule.rule for rule in app.url_map.iter_rules()}
