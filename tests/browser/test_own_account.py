"""Looking after an account in Chromium, with scripts and without."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.journeys import mailed_link, make_account, scan, sign_in
from tests.browser.seed import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.processes]

NEW = "seven loud geese in the rain"


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def person(request, server, chromium):
    """A name of this test's own, and the tab in which they have just registered."""
    name = f"keeper-{'js' if request.param else 'plain'}"
    with chromium.new_context(java_script_enabled=request.param) as context:
        page = context.new_page()
        make_account(page, server, name)
        yield name, page


def heading(page, text):
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_from_the_profile_to_the_end_of_the_account(server, person):
    name, page = person
    old, new = f"{name}@example.com", f"{name}-new@example.com"
    page.goto(f"{server.url}/account")
    page.get_by_role("link", name="Edit profile").click()
    page.locator("[name=name]").fill("Kay Keeper")
    page.get_by_role("button", name="Save").click()
    page.goto(f"{server.url}/account")
    expect(page.get_by_text("Kay Keeper")).to_be_visible()

    page.get_by_role("link", name="Change email").click()
    page.locator("[name=new_email]").fill(new)
    page.get_by_role("button", name="Change email").click()
    link = mailed_link(page, server, to=new)
    scan(link)
    page.goto(link)
    page.get_by_role("button", name="Confirm").click()
    page.goto(f"{server.url}/account")
    expect(page.locator("main").get_by_text(new)).to_be_visible()

    page.goto(f"{server.url}/account/password")
    page.locator("[name=current_password]").fill(PASSWORD)
    page.locator("[name=password]").fill(NEW)
    page.get_by_role("button", name="Change password").click()
    mailed_link(page, server, to=new, subject="password was changed")

    page.goto(f"{server.url}/account/data")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export my data").click()
    assert old in download.value.path().read_text()
    page.locator("[name=confirm_email]").fill(new)
    page.get_by_role("button", name="Delete my account").click()
    heading(page, "Your account will be deleted")
    page.goto(f"{server.url}/account")
    expect(page).to_have_url(re.compile("/login"))
    sign_in(page, login=new, password=NEW)
    heading(page, "Keep your account?")
