"""Put the house together: settings, extensions, slices. Decides nothing."""

from collections.abc import Iterator
from functools import partial
from typing import cast

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from sqlalchemy import Engine

from idp import __version__, api, endpoints
from idp import pages as hosted_pages
from idp.accounts import reactions as account_reactions
from idp.accounts.lifecycle import personal_tables as account_tables
from idp.accounts.lifecycle.personal_data import PersonalData, PersonalTable
from idp.accounts.policies.effective import OrganizationLookup
from idp.accounts.policies.rows import PolicyCache
from idp.admin import pages as admin_pages
from idp.administration import personal_tables as administration_tables
from idp.administration.release import Release
from idp.core import context
from idp.core.caches.versions import Caches
from idp.core.connections import Database, engine_options
from idp.core.db import db
from idp.core.events import EventBus
from idp.core.hashing import HashingSettings, PasswordHashes
from idp.core.languages import Languages
from idp.core.sealing import Keyring
from idp.core.settings.declared import Loaded
from idp.core.settings.server import ServerSettings
from idp.endpoints.errors import answer_trouble
from idp.oauth import personal_tables as oauth_tables
from idp.oauth import reactions
from idp.oauth.clients.cache import ClientCache
from idp.oauth.clients.keys import ClientKeys
from idp.oauth.discovery import ServerMetadata
from idp.oauth.keys.signer import Signer
from idp.ops import health
from idp.ops.database import revisions
from idp.organizations import memberships, personal
from idp.organizations import personal_tables as organization_tables
from idp.security.client_network import Proxies
from idp.security.leaked.known import LeakedPasswords
from idp.security.leaked.settings import LeakedPasswordsSettings
from idp.security.outbound.client import Outbound, OutboundSettings
from idp.security.ratelimit.counters import Counters
from idp.web import i18n, pages, problems
from idp.web.application import Application, begin_units_with_contexts
from idp.web.browser import csrf
from idp.web.http import headers, hosts, negotiation, segments
from idp.web.http.hosts import HostRule
from idp.web.json import docs
from idp.web.machine.front import Front
from idp.web.machine.programs import Programs, Rules

MAX_BODY_BYTES = 64 * 1024
KITS = (
    negotiation,
    hosts,
    csrf,
    i18n,
    segments,
    pages,
    problems,
    docs,
)


def create_app(settings: Loaded) -> Flask:
    """Return the server as a WSGI app; it opens no connection until a request."""
    app = Application("idp", static_folder=None)
    server = settings[ServerSettings]
    app.config.update(
        SQLALCHEMY_DATABASE_URI=_driver_url(server.database_url),
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(
            server.database_url, threads=server.threads
        ),
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        TRUSTED_HOSTS=None,
    )
    cast("DefaultJSONProvider", app.json).sort_keys = False
    db.init_app(app)
    begin_units_with_contexts(app)
    context.provide(app, Database(partial(_find_engine, app), turns=server.threads))
    provide_services(app, settings)
    for kit in KITS:
        kit.init_app(app)
    _add_slices(app)
    _stand_in_front(app)
    headers.init_app(app)  # last, so that it is around every other WSGI layer
    return app


def provide_services(app: Flask, settings: Loaded) -> None:
    """Make what rules ask for with ``current(...)``: settings, and all that remembers.

    An app for which it is done again remembers nothing but its database.
    """
    server = settings[ServerSettings]
    at_once = max(1, server.cpus // server.workers)
    bus = EventBus()
    reactions.subscribe(bus)
    account_reactions.subscribe(bus)
    personal.subscribe(bus)
    loopback = settings[OutboundSettings].allow_loopback_fetch
    outbound = Outbound(allow_loopback=loopback)
    clients, signer, policies = ClientCache(), Signer(), PolicyCache()
    context.provide(
        app,
        settings,
        *settings.objects.values(),
        Keyring(server.secret_key),
        Proxies(server.trusted_proxies),
        outbound,
        LeakedPasswords(settings[LeakedPasswordsSettings], outbound),
        PasswordHashes(settings[HashingSettings], at_once=at_once),
        bus,
        Counters(),
        clients,
        ClientKeys(),
        signer,
        policies,
        OrganizationLookup(memberships.organization_ids),
        Caches(clients, signer.snapshots, policies),
        Release(__version__, revisions()[-1]),
    )


def _find_engine(app: Flask) -> Engine:
    """Return the engine that Flask-SQLAlchemy has made for the app."""
    with app.app_context():
        return db.engine


def _add_slices(app: Flask) -> None:
    """Register every slice's routes and extension points."""
    context.provide(app, PersonalData(_personal_tables()))
    for blueprint in (
        health.bp,
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


def _personal_tables() -> Iterator[PersonalTable]:
    """Yield where the slices keep what they know about people."""
    slices = (account_tables, organization_tables, oauth_tables, administration_tables)
    for declared in slices:
        yield from declared.PERSONAL_TABLES


def _driver_url(url: str) -> str:
    """Return the URL with our PostgreSQL driver named."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
