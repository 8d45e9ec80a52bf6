"""An admin makes an API and two apps, and tries them."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.inspection import WIDTHS, overflow, violations
from tests.browser.journeys import sign_in


def make_api(page: Page, url: str, mark: str) -> str:
    """Register an API with one scope; return its identifier."""
    identifier = f"https://{mark}.example/api"
    page.goto(f"{url}/admin/apis/new")
    page.locator("[name=identifier]").fill(identifier)
    page.locator("[name=name]").fill(f"Ledger {mark}")
    page.locator("[name=scopes]").fill("ledger:read Read your ledger")
    page.get_by_role("button", name="Register").click()
    return identifier


def make_app(page: Page, url: str, kind: str, name: str) -> str:
    """Register an app by the wizard; return the path of its pages."""
    page.goto(f"{url}/admin/clients/new/app?kind={kind}")
    page.locator("[name=client_name]").fill(name)
    page.locator("[name=base_url]").fill("https://app.example")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Create app").click()
    page.goto(f"{url}/admin/clients?q={name}")
    page.get_by_role("link", name=name, exact=True).click()
    return page.url


def begin(page: Page) -> None:
    """Start the trial that the page offers, and allow what is asked for."""
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name=re.compile("Allow|Done|Continue")).wait_for()
    allow = page.get_by_role("button", name="Allow")
    if allow.count():
        allow.click()


def arrive(page: Page, *, scripts: bool) -> None:
    """Get to the page with the tokens: by itself with scripts, else by the button."""
    if not scripts:
        page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("status")).to_contain_text("It works")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_admin_makes_an_api_and_two_apps_and_tries_them(chromium, server, scripts):
    mark = "with" if scripts else "without"
    with chromium.new_context(java_script_enabled=scripts) as context:
        page = context.new_page()
        page.goto(f"{server.url}/admin/apis")
        sign_in(page, login="mary")
        identifier = make_api(page, server.url, mark)
        for kind in ("web", "spa"):
            name = f"{kind}-{mark}"
            path = make_app(page, server.url, kind, name)
            page.goto(f"{path}/consent")
            page.locator(f'[name=apis][value="{identifier}"]').check()
            page.get_by_role("button", name="Save").click()
            page.get_by_role("link", name="Try it").click()
            page.get_by_label("For which API").select_option(identifier)
            begin(page)
            arrive(page, scripts=scripts)
            shown = page.get_by_role("region", name="Access token: claims")
            expect(shown).to_contain_text(f'"aud": "{identifier}"')
            expect(page.get_by_role("region", name="ID token: claims")).to_contain_text(
                '"sub"'
            )
            page.get_by_role("button", name="Done").click()
            expect(page.get_by_role("status")).to_contain_text("worth nothing")


def test_leaving_the_page_ends_the_tokens(server, page):
    page.goto(f"{server.url}/admin/clients/demo-web/try")
    sign_in(page, login="mary")
    begin(page)
    arrive(page, scripts=True)
    token = page.get_by_role("button", name="Copy").nth(1).get_attribute("data-copy")
    bearer = {"Authorization": f"Bearer {token}"}

    def userinfo() -> int:
        return page.request.get(f"{server.url}/oauth2/userinfo", headers=bearer).status

    assert userinfo() == 200
    page.goto(f"{server.url}/admin/clients")
    for _ in range(50):  # the message may arrive after the next page
        if userinfo() != 200:
            break
        page.wait_for_timeout(100)
    assert userinfo() == 401


def test_the_pages_of_a_trial_are_accessible_and_narrow(server, themed):
    themed.goto(f"{server.url}/admin/clients/demo-web/try")
    sign_in(themed, login="mary")
    check(themed)
    begin(themed)
    arrive(themed, scripts=True)
    check(themed)
    assert len(themed.content()) < 40_000


def check(page: Page) -> None:
    """Look at a page at every width, and by axe."""
    for width in WIDTHS:
        assert overflow(page, width) == 0, page.url
    assert violations(page) == {}, page.url
