"""A lost password and an account to choose, in Chromium."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.inspection import inspect
from tests.browser.journeys import mailed_link, make_account, scan, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.processes]

NEW = "seven loud geese in the rain"


def ask_for_link(page, server, address):
    """Ask for a new password from the sign-in page; return the mailed link."""
    page.goto(f"{server.url}/login?switch=1")
    page.get_by_role("link", name="Forgot password?").click()
    page.locator("[name=email]").fill(address)
    page.get_by_role("button", name="Send link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
    return mailed_link(page, server, to=address, subject="Reset your")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_new_password_by_mail(server, chromium, scripts):
    name = f"lost-{scripts}".lower()
    with chromium.new_context(java_script_enabled=scripts) as context:
        page = context.new_page()
        make_account(page, server, name)
        link = ask_for_link(page, server, f"{name}@example.com")
        scan(link)
        page.goto(link)
        page.locator("[name=password]").fill(NEW)
        page.get_by_role("button", name="Save password").click()
        expect(page.get_by_text("Your password was changed.")).to_be_visible()
        sign_in(page, login=name, password=NEW)
        expect(page).to_have_url(f"{server.url}/account")


@pytest.mark.any_database
def test_the_page_of_a_mailed_link_is_accessible_and_narrow(server, themed):
    name = "seen"
    make_account(themed, server, name)
    inspect(themed, ask_for_link(themed, server, f"{name}@example.com"))
    themed.locator("[name=password]").fill("password1234")
    themed.get_by_role("button", name="Save password").click()
    expect(themed.locator("#errors")).to_be_focused()


@pytest.mark.any_database
def test_the_account_chooser_is_accessible_and_goes_on(server, themed):
    themed.goto(f"{server.url}/login")
    sign_in(themed)
    expect(themed).to_have_url(f"{server.url}/account")
    themed.goto(f"{server.demo_url}/web")
    with themed.expect_request("**/oauth2/authorize?*client_id=*") as sent:
        themed.locator("#sign-in").click()
    inspect(themed, f"{sent.value.url}&prompt=select_account")
    themed.get_by_role("button", name="ada@example.com").click()
    expect(themed).to_have_url(re.compile(f"^{server.demo_url}|/consent"))
