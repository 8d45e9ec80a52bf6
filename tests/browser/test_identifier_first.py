"""Who signs in is asked first, in Chromium: scripted or not, narrow and dark."""

import pytest
from playwright.sync_api import expect

from tests.browser.inspection import inspect, inspect_shown
from tests.browser.seed import PASSWORD, SEED
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.any_database]

TWO_PAGES = {"IDP_IDENTIFIER_FIRST": "true", "IDP_RATELIMIT_DISCOVERY_IP": "off"}


@pytest.fixture(scope="module")
def two_pages(databases, tmp_path_factory):
    """A server whose sign-in asks who it is on a page of its own."""
    folder = tmp_path_factory.mktemp("two-pages")
    (folder / "seed.toml").write_text(SEED)
    with databases.fresh() as url:
        environ = {**TWO_PAGES, "IDP_DATABASE_URL": url}
        with serving(folder, "--seed", "seed.toml", environ=environ) as server:
            yield server


def name(page, login):
    page.locator("[name=username]").fill(login)
    page.get_by_role("button", name="Continue", exact=True).click()


@pytest.mark.parametrize("scripts", [True, False])
def test_one_is_named_changed_offered_an_account_and_signs_in(
    two_pages, chromium, scripts
):
    """U5, U9."""
    with chromium.new_context(java_script_enabled=scripts) as context:
        page = context.new_page()
        page.goto(f"{two_pages.url}/login?return_to=/account/profile")
        name(page, "new@example.com")
        expect(page.get_by_role("status")).to_contain_text("new@example.com")
        page.get_by_role("button", name="Create an account").click()
        expect(page.locator("[name=email]")).to_have_value("new@example.com")
        page.goto(f"{two_pages.url}/login?return_to=/account/profile")
        name(page, "wrong@example.com")
        expect(page.get_by_role("status")).to_contain_text("wrong@example.com")
        page.go_back()
        expect(page.get_by_role("status")).to_have_count(0)
        name(page, "wrong@example.com")
        page.get_by_role("link", name="Use another account").click()
        name(page, "ada@example.com")
        named = page.locator("[name=username]")
        expect(named).to_have_value("ada@example.com")
        expect(named).to_have_attribute("autocomplete", "username")
        expect(named).not_to_be_editable()
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page).to_have_url(f"{two_pages.url}/account/profile")


def test_each_of_its_pages_is_accessible_and_narrow(two_pages, seen):
    """U1, U4."""
    inspect(seen, f"{two_pages.url}/login")
    for login in ("ada@example.com", f"{'a-long-name' * 5}@{'example' * 5}.example"):
        seen.goto(f"{two_pages.url}/login")
        name(seen, login)
        expect(seen.get_by_role("link", name="Use another account")).to_be_visible()
        inspect_shown(seen)
