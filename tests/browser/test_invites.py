"""Three kinds of invite in Chromium: mailed, handed over, and for another account."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.inspection import inspect_shown
from tests.browser.journeys import mailed_link, sign_in
from tests.browser.people import make_person
from tests.browser.seed import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.any_database]


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A tab without our CSP: axe is injected."""
    with chromium.new_context(bypass_csp=True) as context:
        yield context.new_page()


def heading(page):
    return page.get_by_role("heading", level=1)


def test_who_is_invited_by_mail_joins_and_sets_a_password(server, page):
    address = "by-mail@example.com"
    server.call("POST", "/api/admin/invites", email=address)
    page.goto(mailed_link(page, server, to=address, subject="invited"))
    expect(heading(page)).to_have_text("You are invited to idp")
    inspect_shown(page)
    page.get_by_label("Name").fill("Grace")
    page.get_by_role("button", name="Join").click()
    expect(heading(page)).to_have_text("You’re in. How will you sign in next time?")
    inspect_shown(page)
    page.get_by_role("link", name="Set a password").click()
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Save password").click()
    expect(page).to_have_url(f"{server.url}/account")
    page.context.clear_cookies()
    page.goto(f"{server.url}/login")
    sign_in(page, login=address)
    expect(page).to_have_url(re.compile("/account"))


def test_who_has_a_link_that_was_handed_over_signs_up_and_joins(server, page):
    address = "by-hand@example.com"
    acme = server.call("POST", "/api/organizations", name="Acme by hand")["id"]
    made = server.call(
        "POST", f"/api/organizations/{acme}/invites", email=address, send=False
    )
    page.goto(made["url"])
    expect(heading(page)).to_have_text("Join Acme by hand")
    page.get_by_role("link", name="Create an account").click()
    expect(page.locator("[name=email]")).to_have_value(address)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.goto(mailed_link(page, server, to=address, subject="Confirm"))
    page.get_by_role("button", name="Confirm").click()
    expect(heading(page)).to_have_text("Join Acme by hand")
    page.get_by_role("button", name="Join").click()
    expect(page).to_have_url(f"{server.url}/account/orgs/{acme}")
    expect(heading(page)).to_have_text("Acme by hand")


def test_who_is_signed_in_as_another_switches_and_joins(server, page):
    make_person(server, "invited")
    acme = server.call("POST", "/api/organizations", name="Acme of two")["id"]
    server.call(
        "POST",
        f"/api/organizations/{acme}/invites",
        email="invited@example.com",
        roles=["admin"],
    )
    page.goto(f"{server.url}/login")
    sign_in(page)
    expect(page).to_have_url(re.compile("/account"))
    page.goto(mailed_link(page, server, to="invited@example.com", subject="invited"))
    expect(page.get_by_text("You are signed in as ada@example.com")).to_be_visible()
    inspect_shown(page)
    page.get_by_role("link", name="Switch account").click()
    expect(page.locator("[name=username]")).to_have_value("invited@example.com")
    sign_in(page, login="invited@example.com")
    page.get_by_role("button", name="Join").click()
    expect(page).to_have_url(f"{server.url}/account/orgs/{acme}")
    page.goto(f"{server.url}/login/select")
    expect(page.get_by_role("button", name="Ada Lovelace")).to_be_visible()
