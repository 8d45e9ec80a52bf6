"""node-oidc-provider as the provider that people sign in with, in Chromium."""

import re

from playwright.sync_api import expect

from tests.interop.node import sign_in_there


def go_there(page, server):
    """Choose the provider."""
    page.goto(f"{server.url}/login")
    page.get_by_role("button", name="Continue with Node").click()


def test_a_person_signs_up_and_in_again_after_another_key_signs_there(there, chromium):
    server, upstream = there
    with upstream.running(), chromium.new_context() as context:
        page = context.new_page()
        go_there(page, server)
        sign_in_there(page, "ada")
        expect(page).to_have_url(re.compile(f"^{server.url}/account"))
        page.goto(f"{server.url}/account/links")
        expect(page.get_by_role("button", name="Unlink Node")).to_be_visible()
        expect(page.get_by_text("ada@example.com").first).to_be_visible()
    with upstream.running(), chromium.new_context() as context:
        page = context.new_page()
        go_there(page, server)
        sign_in_there(page, "ada")
        expect(page).to_have_url(re.compile(f"^{server.url}/account"))


def test_who_is_signed_in_there_is_not_asked_again(there, chromium):
    server, upstream = there
    with upstream.running(), chromium.new_context() as context:
        page = context.new_page()
        go_there(page, server)
        sign_in_there(page, "eve")
        expect(page).to_have_url(re.compile(f"^{server.url}/account"))
        context.clear_cookies(name=re.compile("idp"))
        go_there(page, server)
        expect(page).to_have_url(re.compile(f"^{server.url}/account"))


def test_who_says_no_there_is_told_so_here(there, chromium):
    server, upstream = there
    with upstream.running(), chromium.new_context() as context:
        page = context.new_page()
        go_there(page, server)
        page.get_by_role("link", name="Cancel").click()
        expect(page).to_have_url(re.compile(f"^{server.url}/"))
        expect(page.get_by_role("main")).to_contain_text("Node")
        page.goto(f"{server.url}/account")
        expect(page).to_have_url(re.compile("/login"))


def test_while_it_is_away_that_is_said_and_other_ways_work(there, chromium):
    server, _ = there
    with chromium.new_context() as context:
        page = context.new_page()
        go_there(page, server)
        expect(page.get_by_text("can’t be reached right now")).to_be_visible()
        page.get_by_role("link", name="Back to sign-in").click()
        expect(page.locator("[name=password]")).to_be_visible()
