"""``idp serve``: get everything ready, then run the process group."""

import logging
import os
from functools import partial
from pathlib import Path

import click
from flask import Flask

from idp.app import create_app
from idp.core.context import current, service_of
from idp.core.db import db
from idp.core.log import configure_logging
from idp.core.settings.declared import ConfigurationError, ConfigurationProblem, Loaded
from idp.core.settings.server import ServerSettings
from idp.ops.banner import Started, banner
from idp.ops.configuration import configure
from idp.ops.data_folder import prepare_development
from idp.ops.database import one_node_at_a_time, prepare_schema
from idp.ops.first_start import prepare_database, warn_of_passkeys
from idp.ops.metrics.folder import counting_together
from idp.ops.metrics.listener import listen
from idp.ops.metrics.settings import MetricsSettings
from idp.ops.processes.background import JOBS
from idp.ops.processes.children import Companion
from idp.ops.processes.jobs import run_worker
from idp.ops.processes.ports import claim_port
from idp.ops.processes.process_group import serve
from idp.ops.seed import Seed, apply_seed, read_seed
from idp.security.ratelimit.redis_storage import refusal_of


@click.command()
@click.option("--dev", is_flag=True, help="For development: needs no settings.")
@click.option("--migrate", is_flag=True, help="Migrate an existing database.")
@click.option("--listen", metavar="HOST:PORT", help="Address to listen on.")
@click.option("--workers", type=click.IntRange(min=1), help="Web worker processes.")
@click.option(
    "--seed",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Users and clients to make so (TOML; development only).",
)
def command(
    *,
    dev: bool,
    migrate: bool,
    listen: str | None,
    workers: int | None,
    seed: Path | None,
) -> None:
    """Run the server: web workers and the background worker, in the foreground.

    An empty database is created; an existing one is migrated with --migrate or in
    development.
    """
    configure_logging(level=logging.WARNING)  # a first start is told by the banner
    given: dict[str, object] = {
        "environment": "development" if dev else None,
        "listen": listen,
        "workers": workers,
    }
    started = Started()
    overrides = {key: value for key, value in given.items() if value is not None}
    settings = _settings_of_start(overrides, started)
    server = settings[ServerSettings]
    declared = _checked_seed(seed, server)
    _check_counters(server)
    _claim_ports(settings)
    if prepare_schema(server.database_url, migrate=migrate or server.development):
        started.created[:0] = ["database", "signing keys"]
    with counting_together(settings[MetricsSettings]):
        _run(settings, started, seed=declared)


def _run(settings: Loaded, started: Started, *, seed: Seed | None) -> None:
    """Run the server until it is told to stop."""
    app = create_app(settings)
    companions = _prepare(app, started, seed=seed)
    configure_logging()

    def announce() -> None:
        click.echo(banner(settings, started))

    server = settings[ServerSettings]
    serve(app, server, companions=companions, when_ready=announce)


def _claim_ports(settings: Loaded) -> None:
    """Raise PortTaken where another server has a port of ours."""
    server, metrics = settings[ServerSettings], settings[MetricsSettings]
    claim_port(server.listen_host, server.listen_port)
    if metrics.address:
        claim_port(*metrics.address)


def _settings_of_start(overrides: dict[str, object], started: Started) -> Loaded:
    """Return the settings; in development make the secret first if there is none."""
    settings = configure(os.environ, overrides)
    server = settings[ServerSettings]
    if not server.development:
        return settings
    if prepare_development(server):
        started.created.append("secret file (mode 600)")
    return configure(os.environ, overrides)


def _check_counters(server: ServerSettings) -> None:
    """Refuse a Redis that will never take us; one that is away is done without."""
    if server.redis_url is None:
        return
    refusal = refusal_of(server.redis_url, installation=server.issuer)
    if refusal:
        raise ConfigurationError([ConfigurationProblem("IDP_REDIS_URL", refusal)])


def _checked_seed(path: Path | None, server: ServerSettings) -> Seed | None:
    """Read the seed file before anything is made; production refuses it."""
    if path is None:
        return None
    if not server.development:
        raise ConfigurationError(
            [ConfigurationProblem("--seed", "is for development only")]
        )
    return read_seed(path)


def _prepare(app: Flask, started: Started, *, seed: Seed | None) -> list[Companion]:
    """Fill the database before any worker exists; return what runs beside them.

    The connections are closed again: a forked process must not share them.
    """
    with app.app_context():
        server = current(ServerSettings)
        with one_node_at_a_time(server.database_url):
            started.admin = prepare_database()
            started.notes += warn_of_passkeys()
            for remark in apply_seed(seed) if seed else ():
                click.echo(remark, err=True)
            demo = _demo(server, started)
        db.session.close()
        db.engine.dispose()
    background = Companion("background worker", partial(run_worker, app, JOBS))
    return [background, *demo, *_listeners(app)]


def _listeners(app: Flask) -> list[Companion]:
    """Return what tells metrics at an address of their own, if that is wanted."""
    if service_of(app, MetricsSettings).address is None:
        return []
    return [Companion("metrics", partial(listen, app))]


def _demo(server: ServerSettings, started: Started) -> list[Companion]:
    """Return what runs the demo app; other servers need none of its code."""
    if not server.demo:
        return []
    from idp.cli.demo import prepare_demo

    return prepare_demo(server, started)
