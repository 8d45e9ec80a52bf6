"""The example of a single-page app behind a backend for frontend, in Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from examples.bff.app import create_app, settings_of
from examples.bff.notes import READ, RESOURCE, WRITE, create_api
from idp_rp import Bff
from idp_rp.resource_server import ResourceServer
from idp_rp.sessions.stores.memory import MemoryStore
from tests.browser.journeys import sign_in
from tests.serving import Serving
from tests.sites import Site

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture
def notes(server: Serving) -> Iterator[str]:
    """The app and its API, registered at the server; the app's address."""
    page, api = Site(), Site()
    scopes = [{"name": READ}, {"name": WRITE}]
    server.call("POST", "/api/admin/apis", identifier=RESOURCE, name="N", scopes=scopes)
    made = server.call(
        "POST",
        "/api/admin/clients",
        client_name="Notes",
        redirect_uris=[f"{page.url}/bff/callback"],
        post_logout_redirect_uris=[f"{page.url}/"],
        grant_types=["authorization_code", "refresh_token"],
        scope=f"openid profile {READ} {WRITE}",
        apis=[{"identifier": RESOURCE, "scopes": [READ, WRITE]}],
    )
    settings = settings_of(
        issuer=server.url,
        client_id=str(made["client_id"]),
        client_secret=str(made["client_secret"]),
        base_url=page.url,
        api_url=api.url,
    )
    tokens = ResourceServer(server.url, resource=RESOURCE)
    bff = Bff(settings, store=MemoryStore())
    api.app, page.app = create_api(tokens), create_app(bff)
    yield page.url
    for opened in (tokens, bff, page, api):
        opened.close()


def test_a_page_signs_in_calls_its_api_and_signs_out_without_a_token(
    notes: str, page: Page
):
    page.goto(notes)
    page.get_by_role("link", name="Sign in").click()
    sign_in(page)
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_text("Ada Lovelace")).to_be_visible()
    expect(page.get_by_text("No notes yet.")).to_be_visible()
    page.get_by_label("New note").fill("<b>Bernoulli</b>")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("listitem")).to_have_text("<b>Bernoulli</b>")
    seen = "[document.cookie, JSON.stringify([localStorage, sessionStorage])]"
    assert page.evaluate(seen) == ["", "[{},{}]"]
    (cookie,) = (c for c in page.context.cookies() if c["name"] == "bff")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    page.reload()
    expect(page.get_by_role("listitem")).to_have_text("<b>Bernoulli</b>")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{notes}/")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    assert "bff" not in {c["name"] for c in page.context.cookies()}
