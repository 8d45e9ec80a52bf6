"""A stranger signs in to an app for the first time, in Chromium."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.journeys import expect_app, mailed_link, register, scan, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def test_from_registration_to_refresh_in_a_single_page_app(server, page):
    grace = {"email": "grace@example.com", "username": "grace", "name": "Grace Hopper"}

    page.goto(f"{server.demo_url}/spa")
    page.locator("#sign-in").click()
    page.get_by_role("link", name="Create an account").click()
    register(page, **grace)
    link = mailed_link(page, server, to=grace["email"])
    scan(link)
    page.goto(link)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("wants to use your")
    page.get_by_role("button", name="Allow").click()
    expect_app(page, server, "/spa")

    expect(page.locator("#who")).to_contain_text("grace@example.com")
    page.locator("#userinfo").click()
    expect(page.locator("#userinfo-answer")).to_contain_text("Grace Hopper")
    page.locator("#refresh").click()
    expect(page.locator("#status")).to_contain_text("Refreshed")


def test_a_mailed_link_works_once(server, page):
    page.goto(f"{server.url}/register")
    register(page, email="once@example.com", username="once", name="Once")
    link = mailed_link(page, server, to="once@example.com")
    page.goto(link)
    page.get_by_role("button", name="Confirm").click()
    expect(page).not_to_have_url(link)
    page.goto(link)
    expect(page.get_by_role("heading", name="Email confirmed")).to_be_visible()
    expect(page.get_by_role("button", name="Confirm")).to_have_count(0)


def test_two_tabs_that_refresh_at_once_both_stay_signed_in(server, page, context):
    page.goto(f"{server.demo_url}/spa")
    page.locator("#sign-in").click()
    sign_in(page)
    allow_if_asked(page, server)
    second = context.new_page()
    second.goto(f"{server.demo_url}/spa")
    expect(second.locator("#signed-in")).to_be_visible()

    for _ in range(3):
        page.locator("#refresh-all").click()
        for tab in (page, second):
            expect(tab.locator("#status")).to_contain_text("Refreshed")
            expect(tab.locator("#error")).to_be_hidden()


def test_signing_out_at_the_server_ends_the_apps_refresh_token(server, page):
    page.goto(f"{server.demo_url}/spa")
    page.locator("#sign-in").click()
    sign_in(page)
    allow_if_asked(page, server)
    expect(page.locator("#signed-in")).to_be_visible()

    page.goto(f"{server.url}/logout")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("signed out")
    page.goto(f"{server.demo_url}/spa")
    page.locator("#refresh").click()
    expect(page.locator("#error-code")).to_have_text("invalid_grant")


def test_everything_but_the_app_itself_works_without_javascript(server, chromium):
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{server.demo_url}/web")
        page.locator("#sign-in").click()
        page.get_by_role("link", name="Create an account").click()
        register(page, email="nojs@example.com", username="nojs", name="No Script")
        page.goto(mailed_link(page, server, to="nojs@example.com"))
        page.get_by_role("button", name="Confirm").click()
        page.get_by_role("button", name="Allow").click()
        expect_app(page, server, "/web")
        page.locator("#userinfo").click()
        claims = json.loads(page.locator("#userinfo-answer").inner_text())
        assert claims["email"] == "nojs@example.com"
        assert claims["email_verified"] is True
        page.locator("#refresh").click()
        expect(page.get_by_text("Refreshed")).to_be_visible()
        page.goto(f"{server.url}/logout")
        page.get_by_role("button", name="Sign out").click()
        page.goto(f"{server.url}/account")
        expect(page).to_have_url(re.compile("/login"))


@pytest.mark.parametrize("fault", ["wrong-redirect-uri", "unknown-client"])
def test_a_request_that_cannot_be_answered_ends_here_and_is_explained(
    server, page, fault
):
    page.goto(f"{server.demo_url}/web")
    page.locator(f"#break-{fault}").click()
    expect(page).to_have_url(re.compile(f"^{server.url}/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("be completed")


def allow_if_asked(page, server):
    """Consent is asked once for each person and app; a later test may come first."""
    allow = page.get_by_role("button", name="Allow")
    back = page.locator("#signed-in")
    expect(allow.or_(back)).to_be_visible()
    if allow.is_visible():
        allow.click()
    expect_app(page, server, "/spa")
