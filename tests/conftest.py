"""One app on its own database for each test; real parts, only the clock is ours."""

import gc
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import hypothesis
import pytest
from babel.messages import Catalog
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser as Chromium
from sqlalchemy import event

from idp.core import clock as core_clock
from idp.core.db import db
from idp.core.settings.declared import Loaded
from idp.ops.configuration import configure
from tests.apps import Apps, Furnish
from tests.browsing import Browser
from tests.catalogues import catalogue, compile_pseudo, template
from tests.chromium import open_chromium
from tests.databases import Databases, open_databases
from tests.factories import Make
from tests.issuer import ISSUER, IssuerClient

DATABASE_KIND = os.environ.get("IDP_TEST_DATABASE", "sqlite")
EVERYTHING = os.environ.get("IDP_TEST_EVERYTHING") == "1"
TESTS = Path(__file__).parent
ON_EVERY_DATABASE = (
    "accounts/",
    "admin/test_pages_of_lists.py",
    "administration/",
    "api/account/test_activity.py",
    "api/account/test_apps.py",
    "api/account/test_emails_side_by_side.py",
    "api/account/test_reauthentication_side_by_side.py",
    "api/account/test_sessions.py",
    "api/admin/",
    "api/auth/test_passkeys_side_by_side.py",
    "api/auth/test_sign_up_attributes.py",
    "api/users/",
    "bff/test_stores.py",
    "core/",
    "endpoints/test_authorize.py",
    "endpoints/test_end_session.py",
    "endpoints/test_token.py",
    "endpoints/test_userinfo.py",
    "federation/ldap/test_sign_in.py",
    "federation/links/",
    "federation/of_organizations/",
    "federation/providers/",
    "federation/sign_in/",
    "federation/sign_out/",
    "federation/test_side_by_side.py",
    "mail/test_delivery.py",
    "mail/test_outbox.py",
    "oauth/",
    "ops/",
    "organizations/",
    "security/ratelimit/",
    "security/test_events.py",
    "stories/",
    "web/asgi/",
)
# Of these every case runs there: what they try is up to the database.
EACH_CASE = re.compile("side_by_side|races|/core/|/ops/|/ratelimit/|search|paging|list")

# Examples are judged by what they show, never by how long a busy machine takes.
hypothesis.settings.register_profile(
    "idp", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("idp")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Count a skipped test as failed in CI, where nothing may be missing."""
    report = yield
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped in CI: {report.longrepr}"
    return report


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]):
    """On PostgreSQL leave out what cannot differ there: SQLite's run has it."""
    if DATABASE_KIND == "sqlite":
        return
    chosen = [item for item in items if runs_on_postgres(item)]
    chosen = chosen if EVERYTHING else [*one_case_each(chosen)]
    config.hook.pytest_deselected(items=[*{*items} - {*chosen}])
    items[:] = chosen


def one_case_each(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """Yield the first case of each test, and all of those that a database decides."""
    seen = set()
    for item in items:
        name = item.nodeid.partition("[")[0]
        decided = "statements" in item.fixturenames or EACH_CASE.search(name)
        if decided or name not in seen:
            seen.add(name)
            yield item


def runs_on_postgres(item: pytest.Item) -> bool:
    """Tell whether a test is for PostgreSQL too: all that touch a database, if asked.

    Else those of the rules and of what lists rows, where statements, races and
    migrations are tried, and the stories, which go through the rest once.
    """
    if not is_about_the_database(item):
        return False
    place = item.path.relative_to(TESTS).as_posix()
    return EVERYTHING or place.startswith(ON_EVERY_DATABASE)


def is_about_the_database(item: pytest.Item) -> bool:
    """Tell whether a test's outcome may depend on the kind of the database."""
    own = {"databases", "server"} & set(item.fixturenames)
    return bool(own) and not item.get_closest_marker("any_database")


def pytest_collection_finish() -> None:
    """Spare the collector what lives as long as the run: a third of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Fresh databases on SQLite, or on a PostgreSQL started for this run."""
    with open_databases(DATABASE_KIND) as opened:
        yield opened


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """The one browser of a worker."""
    with open_chromium() as browser:
        yield browser


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The URL of a migrated, empty database of this test's own."""
    with databases.fresh() as url:
        yield url


@pytest.fixture
def environ() -> dict[str, str]:
    """Settings of this test in the form of the environment; override to change some."""
    return {}


@pytest.fixture
def settings(database_url: str, tmp_path: Path, environ: dict[str, str]) -> Loaded:
    """Production settings of a server at ISSUER, with Argon2 at its smallest cost."""
    base = {
        "IDP_ISSUER": ISSUER,
        "IDP_DATABASE_URL": database_url,
        "IDP_DATA_DIR": str(tmp_path / "data"),
        "IDP_SECRET_KEY": "for-tests-only-" + "x" * 32,
        "IDP_MAIL_URL": f"file://{tmp_path}/mail.jsonl",
        "IDP_ARGON2_MEMORY_KIB": "8",
        "IDP_ARGON2_ITERATIONS": "1",
        "IDP_WORKERS": "1",
    }
    return configure(base | environ)


@pytest.fixture(scope="session")
def compiled_templates(
    tmp_path_factory: pytest.TempPathFactory,
) -> FileSystemBytecodeCache:
    """Templates compiled once for all tests, whose apps do not share them."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session")
def kept_apps(compiled_templates: FileSystemBytecodeCache) -> Apps:
    """The apps that the tests of a worker borrow one after another."""
    return Apps(compiled_templates)


@pytest.fixture(scope="session")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Every text of the sources."""
    return template(tmp_path_factory.mktemp("texts"))


@pytest.fixture(scope="session")
def pseudo_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a catalogue of the pseudo-language, and of no other.

    It has the texts that a whole catalogue has: reading all sources takes far longer.
    """
    folder = tmp_path_factory.mktemp("pseudo")
    compile_pseudo(catalogue("de"), folder)
    return folder


@pytest.fixture
def furnish() -> Furnish | None:
    """What a test adds to its app before it serves; override to add something."""
    return None


@pytest.fixture
def app(
    kept_apps: Apps, settings: Loaded, tmp_path: Path, furnish: Furnish | None
) -> Iterator[Flask]:
    """The app. No context is left open, so that a missing commit is seen."""
    with kept_apps.lend(settings, folder=tmp_path, furnish=furnish) as lent:
        yield lent


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    """A browser or program without cookies, at the issuer."""
    app.test_client_class = IssuerClient
    return app.test_client()


@pytest.fixture
def browser(app: Flask, http: FlaskClient) -> Browser:
    """A user's browser; ``http`` has set the client that goes to the issuer."""
    return Browser(app)


@pytest.fixture
def another_browser(app: Flask, http: FlaskClient) -> Callable[[], Browser]:
    """Makes further browsers."""
    return lambda: Browser(app)


@pytest.fixture
def make(app: Flask) -> Make:
    """Factories: they commit and return plain values."""
    return Make(app)


class Clock:
    """Time that stands still until a test moves it."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now

    def tick(self, **delta: float) -> None:
        """Move on by ``timedelta(**delta)``."""
        self.now += timedelta(**delta)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock, stopped at the present; ``clock.tick(seconds=11)`` moves it."""
    stopped = Clock(core_clock.system_time())
    monkeypatch.setattr(core_clock, "source", stopped)
    return stopped


@pytest.fixture
def statements(app):
    """Record what is executed inside a ``with`` block, as verbs and commits."""

    @contextmanager
    def recorded():
        seen = []

        def execute(_connection, _cursor, statement, *_rest):
            seen.append(statement.split()[0])

        def commit(_connection):
            seen.append("COMMIT")

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", execute)
        event.listen(engine, "commit", commit)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", execute)
            event.remove(engine, "commit", commit)

    return recorded
