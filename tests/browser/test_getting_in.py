"""Getting in where not everybody may: by the waitlist, and by approval, in Chromium."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.inspection import inspect_shown
from tests.browser.journeys import mailed_link, register, sign_in
from tests.browser.seed import PASSWORD, SEED
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture
def server(request, databases, tmp_path_factory):
    """A server where one gets in as a story is about."""
    folder = tmp_path_factory.mktemp("gate")
    (folder / "seed.toml").write_text(SEED)
    with databases.fresh() as url:
        environ = {"IDP_REGISTRATION": request.param, "IDP_DATABASE_URL": url}
        with serving(folder, "--seed", "seed.toml", environ=environ) as server:
            yield server


@pytest.fixture
def operator(server, chromium):
    """An operator's tab, signed in."""
    with chromium.new_context(bypass_csp=True) as context:
        page = context.new_page()
        page.goto(f"{server.url}/login")
        sign_in(page, login="mary")
        expect(page).to_have_url(re.compile("/account"))
        yield page


def heading(page, words):
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


@pytest.mark.parametrize("server", ["waitlist"], indirect=True)
def test_from_the_waitlist_to_the_first_sign_in(server, themed, operator):
    page, address = themed, "wanda@example.com"
    page.goto(f"{server.url}/register")
    heading(page, "There’s a waitlist for new accounts")
    inspect_shown(page)
    page.goto(f"{server.url}/login")
    page.get_by_role("link", name="waitlist").click()
    inspect_shown(page)
    page.locator("[name=email]").fill(address)
    page.locator("[name=note]").fill("For my choir")
    page.get_by_role("button", name="Join the waitlist").click()
    heading(page, "Check your email")
    page.goto(mailed_link(page, server, to=address))
    page.get_by_role("button", name="Confirm your place").click()
    heading(page, "You’re on the waitlist")
    expect(page.locator("main")).to_contain_text("Your position is 1")
    inspect_shown(page)
    operator.goto(f"{server.url}/admin/waitlist")
    expect(operator.locator("tbody")).to_contain_text("For my choir")
    inspect_shown(operator)
    operator.get_by_label(address).check()
    operator.get_by_role("button", name="Let in those ticked").click()
    expect(operator.get_by_role("status")).to_contain_text("They are mailed a link")
    page.goto(mailed_link(page, server, to=address, subject="You can create"))
    expect(page.locator("[name=email]").first).to_have_value(address)
    inspect_shown(page)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page).to_have_url(re.compile(f"{server.url}/account"))


@pytest.mark.parametrize("server", ["approval"], indirect=True)
def test_from_sign_up_to_approval_to_the_first_sign_in(server, themed, operator):
    page, address = themed, "aprilla@example.com"
    page.goto(f"{server.url}/register")
    register(page, email=address, username="aprilla", name="Aprilla")
    heading(page, "Check your email")
    page.goto(mailed_link(page, server, to=address))
    page.get_by_role("button", name="Confirm").click()
    heading(page, "Your account waits for approval")
    inspect_shown(page)
    page.get_by_role("link", name="Back to sign-in").click()
    sign_in(page, login="aprilla")
    heading(page, "Your account waits for approval")
    operator.goto(f"{server.url}/admin/approvals")
    inspect_shown(operator)
    operator.get_by_label(re.compile(address)).check()
    operator.get_by_role("button", name="Approve those ticked").click()
    expect(operator.get_by_role("status")).to_contain_text("They are approved")
    page.goto(mailed_link(page, server, to=address, subject="is approved"))
    sign_in(page, login="aprilla")
    expect(page).to_have_url(re.compile(f"{server.url}/account"))
