"""Chromium and a real server in development mode, with its demo app and outbox."""

from collections.abc import Iterator
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


@pytest.fixture
def themed(chromium: Browser) -> Iterator[Page]:
    """A tab to look at in both colour schemes, without our CSP: axe is injected."""
    with chromium.new_context(bypass_csp=True) as context:
        yield context.new_page()


@pytest.fixture(scope="session")
def themed_tab(chromium: Browser) -> Iterator[Page]:
    """Such a tab, which the tests that only look share."""
    with chromium.new_context(bypass_csp=True) as context:
        yield context.new_page()


@pytest.fixture
def seen(themed_tab: Page) -> Iterator[Page]:
    """The shared tab, empty and signed out: for looking at pages alone.

    What a page keeps but cookies would still be there: a test that signs up, consents
    or opens the demo app takes ``themed``.
    """
    themed_tab.goto("about:blank")
    themed_tab.context.clear_cookies()
    themed_tab.set_viewport_size(VIEWPORT)
    yield themed_tab
    assert themed_tab.context.pages == [themed_tab]
