"""Signing up at a server with terms that does not tell who has an account."""

import pytest
from playwright.sync_api import expect

from tests.browser.inspection import inspect, inspect_shown
from tests.browser.journeys import mail_to, mailed_link, register, sign_in
from tests.browser.seed import SEED
from tests.serving import serving

ENVIRON = {
    "IDP_ACCOUNT_PRIVACY": "private",
    "IDP_TERMS_URL": "https://acme.example/terms",
    "IDP_PRIVACY_URL": "https://acme.example/privacy",
    "IDP_RATELIMIT_REGISTER_IP": "off",
    "IDP_RATELIMIT_MAIL_IP": "off",
}

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture(scope="module")
def server(databases, tmp_path_factory):
    folder = tmp_path_factory.mktemp("private")
    (folder / "seed.toml").write_text(SEED)
    with databases.fresh() as url:
        environ = {**ENVIRON, "IDP_DATABASE_URL": url}
        with serving(folder, "--seed", "seed.toml", environ=environ) as server:
            yield server


def sign_up(page, server, address):
    """Sign up on the page, and wait for what it says."""
    page.goto(f"{server.url}/register")
    page.get_by_role("checkbox", name="I accept the terms of service").check()
    register(page, email=address, username="", name="Grace Hopper")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")


def look_of(page, address):
    """Return what a person sees and a script could find, but for the address."""
    cookies = {cookie["name"] for cookie in page.context.cookies()}
    fields = page.locator("input").evaluate_all("all => all.map(one => one.name)")
    seen = page.locator("body").inner_text().replace(address, "ADDRESS")
    return page.url, page.title(), seen, fields, cookies


def test_a_free_and_a_taken_address_look_the_same(server, chromium):
    looks = []
    for address in ("free@example.com", "ada@example.com"):
        with chromium.new_context() as context:
            page = context.new_page()
            sign_up(page, server, address)
            looks.append(look_of(page, address))
    assert looks[0] == looks[1]


@pytest.mark.parametrize("scripts", [True, False])
def test_the_link_makes_the_account_in_the_same_browser(server, chromium, scripts):
    address = f"link-{scripts}@example.com".lower()
    with chromium.new_context(java_script_enabled=scripts) as context:
        page = context.new_page()
        sign_up(page, server, address)
        page.goto(mailed_link(page, server, to=address))
        page.get_by_role("button", name="Confirm").click()
        arrive(page, server, address)


def test_the_code_makes_the_account_in_the_same_browser(server, page):
    address = "code@example.com"
    sign_up(page, server, address)
    code = mail_to(page, server, address).locator(".bigcode").inner_text()
    page.locator("[name=code]").fill("000000" if code != "000000" else "111111")
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("#errors")).to_be_focused()
    page.locator("[name=code]").fill(code)
    page.get_by_role("button", name="Confirm").click()
    arrive(page, server, address)


def arrive(page, server, address):
    """Go on from the page that says it is done, with the password of the sign-up."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Email confirmed")
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, login=address)
    expect(page).to_have_url(f"{server.url}/account")


def test_the_owner_of_a_taken_address_is_led_to_the_sign_in(server, page):
    sign_up(page, server, "ada@example.com")
    page.goto(mailed_link(page, server, to="ada@example.com", subject="already have"))
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Before you go on")
    page.get_by_role("button", name="Decline and sign out").click()
    page.get_by_role("link", name="Sign in again").click()
    sign_in(page)
    page.get_by_role("button", name="Accept and continue").click()
    expect(page).to_have_url(f"{server.url}/account")


@pytest.mark.any_database
def test_its_pages_are_accessible_and_narrow(server, themed):
    inspect(themed, f"{server.url}/register")
    sign_up(themed, server, "ada@example.com")
    inspect_shown(themed)
    themed.goto(f"{server.url}/login")
    sign_in(themed, login="mary")
    expect(themed.get_by_role("heading", level=1)).to_have_text("Before you go on")
    inspect_shown(themed)
