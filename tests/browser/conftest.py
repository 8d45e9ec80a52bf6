"""Chromium and a real server in development mode, with its demo app and outbox."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.browser.seed import SEED
from tests.databases import Databases
from tests.serving import Serving, serving

# All tests share one server, and come from one address.
ENVIRON = {
    "IDP_RATELIMIT_REGISTER_IP": "off",
    "IDP_RATELIMIT_MAIL_IP": "off",
    "IDP_BOOTSTRAP_ADMIN_API_KEY": f"idpk_{'b' * 43}",
}
THEMES = ("light", "dark")
VIEWPORT: ViewportSize = {"width": 1280, "height": 720}  # a new tab's


@pytest.fixture(scope="session")
def server(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Serving]:
    """``idp serve --dev`` with one seeded person, Ada, and the demo app."""
    folder: Path = tmp_path_factory.mktemp("server")
    (folder / "seed.toml").write_text(SEED)
    with (
        databases.fresh() as url,
        serving(
            folder, "--seed", "seed.toml", environ={**ENVIRON, "IDP_DATABASE_URL": url}
        ) as server,
    ):
        yield server


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser profile without cookies; console errors fail the test at its end."""
    with chromium.new_context() as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A tab whose Content-Security-Policy violations fail the test."""
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if "Content Security Policy" in message.text
            else None
        ),
    )
    yield page
    assert complaints == []


@pytest.fixture(params=THEMES)
def themed(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """A tab in one of the two colour schemes, without our CSP: axe is injected."""
    with chromium.new_context(color_scheme=request.param, bypass_csp=True) as context:
        yield context.new_page()


@pytest.fixture(scope="session")
def themed_tabs(chromium: Browser) -> Iterator[dict[str, Page]]:
    """A tab for each colour scheme, which the tests that only look share."""
    with ExitStack() as contexts:
        yield {
            theme: contexts.enter_context(
                chromium.new_context(color_scheme=theme, bypass_csp=True)
            ).new_page()
            for theme in THEMES
        }


@pytest.fixture(params=THEMES)
def seen(
    request: pytest.FixtureRequest, themed_tabs: dict[str, Page]
) -> Iterator[Page]:
    """The tab of one colour scheme, empty and signed out: for looking at pages alone.

    What a page keeps but cookies would still be there: a test that signs up, consents
    or opens the demo app takes ``themed``.
    """
    tab = themed_tabs[request.param]
    tab.goto("about:blank")
    tab.context.clear_cookies()
    tab.set_viewport_size(VIEWPORT)
    yield tab
    assert tab.context.pages == [tab]
