"""What stands below the faces: the database, services and languages of one server.

Commands and the background worker run in it alone: they need no route, and reading the
modules of all faces would take them as long as all else that they do.
"""

from collections.abc import Iterator
from functools import partial

from flask import Flask
from sqlalchemy import Engine

from idp import __version__
from idp.accounts import reactions as account_reactions
from idp.accounts.factors.passkeys.ways_in import LinkedProviders
from idp.accounts.lifecycle import personal_tables as account_tables
from idp.accounts.lifecycle.personal_data import PersonalData, PersonalTable
from idp.accounts.policies.rows import PolicyCache
from idp.accounts.policies.ways import EnforcedDomains
from idp.accounts.profile.attributes.registry import AttributeCache, ClaimScopes
from idp.accounts.sign_in.ways.managed import PasswordManagers
from idp.accounts.terms.settings import TermsSettings
from idp.administration import personal_tables as administration_tables
from idp.administration.release import Release
from idp.core import context
from idp.core.branding.instance import BrandingCache, StandardLinks
from idp.core.caches.siblings import Siblings
from idp.core.caches.versions import Caches
from idp.core.connections import Database, engine_options
from idp.core.db import db
from idp.core.events import EventBus
from idp.core.hashing import HashingSettings, PasswordHashes
from idp.core.sealing import Keyring
from idp.core.settings.declared import Loaded
from idp.core.settings.server import ServerSettings
from idp.federation import personal_tables as federation_tables
from idp.federation import reactions as federation_reactions
from idp.federation.links.rows import names_of_linked
from idp.federation.presence.of_user import (
    is_there,
    judges_password,
    verify_password,
)
from idp.federation.providers.cache import ProviderCache
from idp.federation.sign_in.directories import manager_of
from idp.federation.sign_in.enforcement import sole_provider_of
from idp.federation.upstream.discovery import DiscoveredProviders
from idp.mail.apps import WaitingApps
from idp.oauth import personal_tables as oauth_tables
from idp.oauth import reactions
from idp.oauth.authorization.mailed_apps import find_mailed_app
from idp.oauth.clients.cache import ClientCache
from idp.oauth.custom_scopes.vocabulary import VocabularyCache, scope_names
from idp.oauth.keys.signer import Signer
from idp.oauth.keys.void_periods import VoidPeriods
from idp.ops.database import revisions
from idp.ops.metrics.collected import Collected
from idp.ops.metrics.scrape import Scrape
from idp.ops.metrics.settings import MetricsSettings
from idp.organizations import personal_tables as organization_tables
from idp.organizations.contexts import unproven
from idp.organizations.domains import joining
from idp.organizations.domains.verified import VerifiedDomains
from idp.organizations.invites import into
from idp.organizations.lifecycle import departures, personal
from idp.security.challenge.services import ChallengeService
from idp.security.challenge.settings import ChallengeSettings
from idp.security.client_network import Proxies
from idp.security.dns import Dns, DnsSettings
from idp.security.leaked.known import LeakedPasswords
from idp.security.leaked.settings import LeakedPasswordsSettings
from idp.security.outbound.client import Outbound
from idp.security.outbound.settings import OutboundSettings
from idp.security.published_keys import PublishedKeys
from idp.security.ratelimit.counters import Counters
from idp.security.refusals.book import RefusalBook
from idp.security.refusals.rations import AuditRations
from idp.web import dates, i18n
from idp.web.application import Application, begin_units_with_contexts

# What processes keep of the database besides clients and keys.
KEPT = (
    BrandingCache,
    VoidPeriods,
    PolicyCache,
    AttributeCache,
    VocabularyCache,
    ProviderCache,
    VerifiedDomains,
)


FOLLOWING = (  # events, in this order
    reactions.subscribe,
    account_reactions.subscribe,
    personal.subscribe,
    departures.subscribe,
    into.subscribe,
    joining.subscribe,
    unproven.subscribe,
    federation_reactions.subscribe,
)


def create_foundation(settings: Loaded) -> Application:
    """Return an app without routes; it opens no connection until it is asked."""
    app = Application("idp", static_folder=None)
    server = settings[ServerSettings]
    app.config.update(
        SQLALCHEMY_DATABASE_URI=_driver_url(server.database_url),
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(
            server.database_url, threads=server.threads
        ),
    )
    db.init_app(app)
    begin_units_with_contexts(app)
    database = Database(
        partial(_find_engine, app),
        turns=server.threads,
        prepare=server.database_prepare,
    )
    context.provide(app, database)
    context.provide(app, PersonalData(_personal_tables()))
    provide_services(app, settings)
    i18n.init_app(app)
    dates.init_app(app)
    return app


def provide_services(app: Flask, settings: Loaded) -> None:
    """Make what rules ask for with ``current(...)``: settings, and all that remembers.

    An app for which it is done again remembers nothing but its database.
    """
    server = settings[ServerSettings]
    at_once = max(1, server.cpus // server.workers)
    bus = EventBus()
    for subscribe in FOLLOWING:
        subscribe(bus)
    outbound = Outbound.by_settings(settings[OutboundSettings])
    clients, signer, siblings = ClientCache(), Signer(), Siblings()
    kept = tuple(cache() for cache in KEPT)
    context.provide(
        app,
        settings,
        *settings.objects.values(),
        Keyring(server.secret_key),
        Proxies(server.trusted_proxies),
        outbound,
        LeakedPasswords(settings[LeakedPasswordsSettings], outbound.for_operators()),
        ChallengeService(settings[ChallengeSettings], outbound.for_operators()),
        bus,
        Counters(),
        AuditRations(),
        clients,
        PublishedKeys(),
        DiscoveredProviders(),
        signer,
        *kept,
        Dns(settings[DnsSettings].dns_servers),
        siblings,
        Caches(siblings, clients, signer.snapshots, *kept),
        Release(__version__, revisions()[-1]),
        *_counted(settings, bus, at_once=at_once),
        _standard_links(settings[TermsSettings]),
        *_lookups(),
    )


def _counted(settings: Loaded, bus: EventBus, *, at_once: int) -> Iterator[object]:
    """Yield what tells the bus how it fares, and what counts that for metrics."""
    hashing = settings[HashingSettings]
    yield PasswordHashes(hashing, at_once=at_once, bus=bus)
    yield RefusalBook(bus=bus)
    collected = Collected(settings[MetricsSettings], bus)
    yield collected
    yield Scrape(collected, hashing)


def _lookups() -> Iterator[object]:
    """Yield how rules find what stands above them."""
    yield LinkedProviders(names_of_linked)
    yield PasswordManagers(manager_of, judges_password, verify_password, is_there)
    yield EnforcedDomains(sole_provider_of)
    yield ClaimScopes(scope_names)
    yield WaitingApps(find_mailed_app)


def _standard_links(terms: TermsSettings) -> StandardLinks:
    """Return where the documents are that people accept."""
    return StandardLinks(
        {"terms_uri": terms.terms_url, "privacy_uri": terms.privacy_url}
    )


def _find_engine(app: Flask) -> Engine:
    """Return the engine that Flask-SQLAlchemy has made for the app."""
    with app.app_context():
        return db.engine


def _personal_tables() -> Iterator[PersonalTable]:
    """Yield where the slices keep what they know about people."""
    slices = (
        account_tables,
        organization_tables,
        federation_tables,
        oauth_tables,
        administration_tables,
    )
    for declared in slices:
        yield from declared.PERSONAL_TABLES


def _driver_url(url: str) -> str:
    """Return the URL with our PostgreSQL driver named."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
