"""Two accounts in one browser: an app asks for one, its person switches and leaves."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.browser.inspection import inspect_shown
from tests.browser.journeys import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.any_database]

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636 appendix B


def ask(page, server, client_id, **changed):
    """Come from an app that has no consent of anybody yet."""
    query = {
        "client_id": client_id,
        "redirect_uri": f"{server.demo_url}/nowhere",
        "response_type": "code",
        "scope": "openid",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    page.goto(f"{server.url}/oauth2/authorize?{urlencode(query | changed)}")


def account_of(page, server):
    page.goto(f"{server.url}/account")
    return page.locator("header.top .row bdi").inner_text()


@pytest.fixture
def page(chromium):
    """A tab without our CSP: axe is injected."""
    with chromium.new_context(bypass_csp=True) as context:
        yield context.new_page()


def test_an_app_asks_for_one_of_two_accounts(server, page):
    app = "choice"
    there = f"{server.demo_url}/nowhere"
    client = {"client_id": app, "client_name": app, "redirect_uris": [there]}
    public = {"token_endpoint_auth_method": "none"}
    server.call("POST", "/api/admin/clients", **client, **public)
    page.goto(f"{server.url}/login")
    sign_in(page)
    expect(page).to_have_url(f"{server.url}/account")
    page.get_by_role("link", name="Use another account").click()
    sign_in(page, login="mary")
    expect(page).to_have_url(f"{server.url}/account")
    assert account_of(page, server) == "admin-mary@example.com"

    ask(page, server, app, login_hint="ada@example.com")
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose an account")
    page.get_by_text("Sign out of an account").click()
    inspect_shown(page)
    page.set_viewport_size({"width": 1280, "height": 720})
    page.get_by_role("button", name="Ada Lovelace").click()
    expect(page).to_have_url(re.compile("/consent"))
    page.get_by_role("button", name="Allow").click()
    expect(page).to_have_url(re.compile(rf"{there}\?code="))
    assert account_of(page, server) == "ada@example.com"

    page.get_by_role("link", name="Switch account").click()
    page.get_by_text("Sign out of an account").click()
    page.get_by_role("button", name="Sign out of admin-mary@example.com").click()
    expect(page).to_have_url(f"{server.url}/account")
    ask(page, server, app, prompt="none")
    expect(page).to_have_url(re.compile(rf"{there}\?code="))
