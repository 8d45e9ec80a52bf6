"""Two-step sign-in in Chromium: set up, asked for at an app, recovered, paused."""

import gzip
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.authenticator_app import AuthenticatorApp
from tests.browser.inspection import inspect_shown
from tests.browser.journeys import expect_app, mailed_link, make_account, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.processes]

STEP = re.compile("/login/second-factor")
MAX_RAW, MAX_GZIP, MAX_ANSWERS = 40_000, 14_000, 6


def heading(page, text):
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def begin(page, server):
    """Open the set-up; return an app that was told the key by hand."""
    page.goto(f"{server.url}/account/security")
    page.get_by_role("button", name="Set up Authenticator app").click()
    heading(page, "Set up an authenticator app")
    return AuthenticatorApp(
        page.locator(".scan code").inner_text().replace(" ", ""), []
    )


def confirm(page, code):
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_role("button", name="Confirm").click()


def set_up(page, server):
    """Set an app up: its next code is not used yet."""
    phone = begin(page, server)
    confirm(page, phone.code())
    heading(page, "Save your recovery codes")
    phone.recovery_codes = page.locator("ul.codes li").all_inner_texts()
    return phone


def enter(page, code):
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_role("button", name="Continue").click()


def at_step(page):
    expect(page).to_have_url(STEP)


def test_without_scripts_it_is_set_up_saved_and_asked_for_at_an_app(server, chromium):
    """U5, U11."""
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        make_account(page, server, "two-plain")
        phone = begin(page, server)
        confirm(page, phone.wrong())
        expect(page.locator("#errors")).to_contain_text("That code isn’t right.")
        confirm(page, phone.code())
        expect(page.locator("ul.codes li")).to_have_count(10)
        codes = page.locator("ul.codes li").all_inner_texts()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download").click()
        saved = download.value.path().read_text()
        assert all(code in saved for code in codes)
        page.get_by_role("link", name="I saved them").click()
        expect(page.get_by_text("10 codes left")).to_be_visible()

        context.clear_cookies()
        page.goto(f"{server.demo_url}/web")
        page.locator("#sign-in").click()
        sign_in(page, login="two-plain")
        at_step(page)
        enter(page, phone.code(1))
        page.get_by_role("button", name="Allow").click()
        expect_app(page, server, "/web")
        mailed_link(page, server, to="two-plain@example.com", subject="authenticator")


def test_at_an_app_wrong_and_late_codes_are_told_and_the_right_one_ends_there(
    server, page
):
    make_account(page, server, "two-spa")
    phone = set_up(page, server)
    page.context.clear_cookies()
    page.goto(f"{server.demo_url}/spa")
    page.locator("#sign-in").click()
    sign_in(page, login="two-spa")
    at_step(page)
    expect(page.get_by_label("Code", exact=True)).to_be_focused()
    for code in (phone.wrong(), phone.code(-10)):
        enter(page, code)
        expect(page.locator("#errors")).to_be_focused()
        expect(page.locator("#errors")).to_contain_text("Codes change every 30 seconds")
    code = phone.code(1)
    enter(page, f"{code[:3]} {code[3:]}")
    page.get_by_role("button", name="Allow").click()
    expect_app(page, server, "/spa")


def test_who_lost_the_phone_gets_in_by_a_recovery_code(server, page):
    make_account(page, server, "two-lost")
    phone = set_up(page, server)
    page.context.clear_cookies()
    page.goto(f"{server.url}/account/data")
    sign_in(page, login="two-lost")
    page.get_by_text("Can’t use your authenticator app?").click()
    page.get_by_role("link", name="Use a recovery code").click()
    heading(page, "Enter a recovery code")
    enter(page, phone.recovery_codes[0].lower())
    expect(page).to_have_url(re.compile("/account/data"))
    page.goto(f"{server.url}/account/security")
    expect(page.get_by_text("9 codes left")).to_be_visible()
    mailed_link(page, server, to="two-lost@example.com", subject="recovery code")


def test_after_five_wrong_codes_the_app_is_paused_and_other_ways_are_shown(
    server, page
):
    make_account(page, server, "two-paused")
    phone = set_up(page, server)
    page.context.clear_cookies()
    page.goto(f"{server.url}/login")
    sign_in(page, login="two-paused")
    for _ in range(5):
        enter(page, phone.wrong())
        expect(page.locator("#errors")).to_contain_text("That code isn’t right.")
    enter(page, phone.code(1))
    expect(page.locator("#errors")).to_contain_text("Wait 15 minutes")
    page.get_by_role("link", name="Use a recovery code").click()
    enter(page, phone.recovery_codes[3])
    expect(page).to_have_url(re.compile("/account$"))


def test_digits_of_another_script_are_no_wrong_input(server, page):
    make_account(page, server, "two-digits")
    phone = set_up(page, server)
    page.context.clear_cookies()
    page.goto(f"{server.url}/login")
    sign_in(page, login="two-digits")
    arabic = "".join(chr(0x660 + int(digit)) for digit in phone.code(1))
    enter(page, arabic)
    expect(page).to_have_url(re.compile("/account$"))


def weigh(page):
    """Load the page again without a cache; U2."""
    answers = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - a builtin takes no marks
    page.reload(wait_until="load")
    bodies = [answer.body() for answer in answers if answer.ok]
    assert len(answers) <= MAX_ANSWERS
    assert sum(map(len, bodies)) <= MAX_RAW
    assert sum(len(gzip.compress(body)) for body in bodies) <= MAX_GZIP


def test_its_pages_are_accessible_narrow_and_light(server, themed):
    """U1, U2, U4."""
    name = "two-narrow"
    make_account(themed, server, name)
    phone = begin(themed, server)
    inspect_shown(themed)
    weigh(themed)
    confirm(themed, phone.wrong())
    inspect_shown(themed)
    confirm(themed, phone.code())
    heading(themed, "Save your recovery codes")
    inspect_shown(themed)
    for path in ("/account", "/account/security", "/account/totp"):
        themed.goto(server.url + path)
        inspect_shown(themed)
    themed.locator("main summary").click()
    inspect_shown(themed)
    themed.goto(f"{server.url}/account/recovery-codes")
    inspect_shown(themed)

    themed.context.clear_cookies()
    themed.goto(f"{server.url}/login")
    sign_in(themed, login=name)
    at_step(themed)
    weigh(themed)
    inspect_shown(themed)
    enter(themed, phone.wrong())
    inspect_shown(themed)
    themed.get_by_text("Can’t use your authenticator app?").click()
    inspect_shown(themed)
    themed.get_by_role("link", name="Use a recovery code").click()
    inspect_shown(themed)


def test_a_browser_that_is_trusted_is_not_asked_until_that_is_taken_back(server, page):
    make_account(page, server, "two-trusted")
    phone = set_up(page, server)
    forget_session(page)
    page.goto(f"{server.url}/login")
    sign_in(page, login="two-trusted")
    at_step(page)
    page.get_by_label("Don’t ask again on this browser for 30 days").check()
    enter(page, phone.code(1))
    expect(page).to_have_url(f"{server.url}/account")

    forget_session(page)
    page.goto(f"{server.url}/login")
    sign_in(page, login="two-trusted")
    expect(page).to_have_url(f"{server.url}/account")
    page.goto(f"{server.url}/account/sessions")
    page.get_by_role("button", name="Ask again").click()
    expect(page.get_by_role("status")).to_contain_text("We’ll ask for the second step")

    forget_session(page)
    page.goto(f"{server.url}/login")
    sign_in(page, login="two-trusted")
    at_step(page)


def forget_session(page):
    """Drop the session's cookie, as a browser that is closed does."""
    page.context.clear_cookies(name=f"idp-{urlsplit(page.url).port}")
