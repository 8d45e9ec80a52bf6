"""Challenges in Chromium: worked out while one types; what is left without scripts."""

import pytest
from playwright.sync_api import expect

from tests.browser.inspection import inspect, weigh
from tests.browser.journeys import sign_in
from tests.browser.seed import SEED
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.any_database]

ASKING = {
    "IDP_CHALLENGE": "always",
    "IDP_RATELIMIT_LOGIN_IP": "10/15 minutes",  # one without an answer
}


@pytest.fixture(scope="module")
def asking(databases, tmp_path_factory):
    """A server that asks a challenge of every sign-in."""
    folder = tmp_path_factory.mktemp("asking")
    (folder / "seed.toml").write_text(SEED)
    with databases.fresh() as url:
        environ = {**ASKING, "IDP_DATABASE_URL": url}
        with serving(folder, "--seed", "seed.toml", environ=environ) as server:
            yield server


def test_it_is_answered_while_one_types_and_waited_for(asking, page):
    for _more_than_a_tenth in range(2):
        page.goto(f"{asking.url}/login")
        expect(page.get_by_text("Checked: you’re not a robot.")).to_be_visible()
        sign_in(page)
        expect(page).to_have_url(f"{asking.url}/account")
        page.context.clear_cookies()
    held = []

    def hold(route):
        held.append(route)

    page.route("**/challenge.js", hold)
    page.goto(f"{asking.url}/login")
    expect(page.get_by_text("Checking you’re not a robot…")).to_be_visible()
    sign_in(page)
    expect(page.get_by_role("status")).to_have_text("Checking you’re not a robot…")
    held[0].continue_()
    expect(page).to_have_url(f"{asking.url}/account")


def test_a_page_with_one_is_accessible_and_narrow(asking, themed):
    themed.goto(f"{asking.url}/login")
    expect(themed.get_by_text("Checked: you’re not a robot.")).to_be_visible()
    inspect(themed, f"{asking.url}/register")


@pytest.mark.parametrize("path", ["/login", "/register", "/login/link"])
def test_a_page_with_one_is_light_and_whole(asking, page, path):
    """U2, U3."""
    weigh(page, asking.url + path, until="Checked: you’re not a robot.")


def test_without_scripts_a_few_tries_are_left(asking, chromium):
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        for said in ("The email or password isn’t right.", "Turn on JavaScript"):
            page.goto(f"{asking.url}/login")
            expect(page.get_by_text("not a robot")).to_be_hidden()
            sign_in(page, password="a wrong one")
            expect(page.locator("#errors")).to_contain_text(said)
