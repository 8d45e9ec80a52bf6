"""Passkeys in Chromium, with the virtual authenticator of its developer tools."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.browser.journeys import (
    expect_app,
    mailed_link,
    make_account,
    sign_in,
)

pytestmark = [pytest.mark.browser, pytest.mark.processes]

NO_AUTOFILL = "PublicKeyCredential.isConditionalMediationAvailable = async () => false"


@pytest.fixture
def another_page(chromium):
    """A tab of another browser."""
    with chromium.new_context() as context:
        yield context.new_page()


class Device:
    """A phone's authenticator; ``options`` make it another one."""

    def __init__(self, page, **options) -> None:
        self.tools = page.context.new_cdp_session(page)
        self.tools.send("WebAuthn.enable", {"enableUI": False})
        made = self.tools.send(
            "WebAuthn.addVirtualAuthenticator", {"options": PHONE | options}
        )
        self.named = {"authenticatorId": made["authenticatorId"]}

    def credentials(self) -> list[dict]:
        """Return the keys that it holds."""
        held = self.tools.send("WebAuthn.getCredentials", self.named)
        return held["credentials"]

    def set_count(self, count: int) -> None:
        """Let its only key say how often it was used."""
        (key,) = self.credentials()
        self.tools.send("WebAuthn.clearCredentials", self.named)
        self.tools.send(
            "WebAuthn.addCredential",
            self.named | {"credential": key | {"signCount": count}},
        )


PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


SYNCED = {"defaultBackupEligibility": True, "defaultBackupState": True}


@contextmanager
def authenticator(page, **options):
    """Give the browser an authenticator until the block is left."""
    device = Device(page, **options)
    yield device
    device.tools.detach()


def add(page, server, *, name):
    page.goto(f"{server.url}/account/security")
    page.get_by_role("link", name=re.compile("Passkeys")).click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create passkey").click()
    expect(page.get_by_text("The passkey was added.")).to_be_visible()
    expect(page.locator("bdi", has_text=name)).to_be_visible()


def sign_out(page, server):
    page.context.clear_cookies()
    page.goto(f"{server.url}/login")


def press(page):
    page.get_by_role("button", name="Sign in with a passkey").click()


def remove(page, server, *, name):
    page.goto(f"{server.url}/account/passkeys")
    page.get_by_role("button", name=f"Remove {name}").click()
    expect(page.get_by_text("You have no passkey yet.")).to_be_visible()


def test_created_and_used(server, page):
    make_account(page, server, "passkeeper")
    with authenticator(page):
        add(page, server, name="My phone")
        # there is one on this device now
        page.goto(f"{server.url}/account/passkeys/new")
        page.get_by_role("button", name="Create passkey").click()
        expect(
            page.get_by_text("has a passkey of your account already")
        ).to_be_visible()
        # by autofill: the authenticator answers as soon as the page asks
        sign_out(page, server)
        expect(page).to_have_url(re.compile("/account$"))
        # by the button
        page.add_init_script(NO_AUTOFILL)
        sign_out(page, server)
        press(page)
        expect(page).to_have_url(re.compile("/account$"))


def test_what_is_removed_here_the_device_forgets(server, page):
    make_account(page, server, "remover")
    with authenticator(page) as device:
        add(page, server, name="My phone")
        assert len(device.credentials()) == 1
        remove(page, server, name="My phone")
        page.wait_for_load_state("networkidle")
        assert device.credentials() == []


def test_what_was_removed_elsewhere_is_refused_and_forgotten(
    server, page, another_page
):
    make_account(page, server, "roamer")
    page.add_init_script(NO_AUTOFILL)
    with authenticator(page) as device:
        add(page, server, name="My phone")
        another_page.goto(f"{server.url}/login")
        sign_in(another_page, login="roamer")
        remove(another_page, server, name="My phone")
        sign_out(page, server)
        press(page)
        expect(page.get_by_text("No passkey was used.")).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert device.credentials() == []


def test_a_copy_of_a_passkey_is_refused_and_disabled(server, page):
    make_account(page, server, "copied")
    page.add_init_script(NO_AUTOFILL)
    with authenticator(page) as device:
        add(page, server, name="My phone")
        for _ in range(2):
            sign_out(page, server)
            press(page)
            expect(page).to_have_url(re.compile("/account$"))
        device.set_count(1)
        sign_out(page, server)
        press(page)
        expect(page.get_by_text("No passkey was used.")).to_be_visible()
        sign_in(page, login="copied")
        page.goto(f"{server.url}/account/passkeys")
        expect(page.get_by_text("Disabled: it may be a copy")).to_be_visible()


def test_who_gives_no_passkey_is_told_nothing_and_takes_the_password(server, page):
    make_account(page, server, "hesitant")
    page.add_init_script(NO_AUTOFILL)
    with authenticator(page) as device:
        add(page, server, name="My phone")
        device.tools.send("WebAuthn.clearCredentials", device.named)
        sign_out(page, server)
        with page.expect_response("**/login/passkey/options"):
            press(page)
        page.wait_for_load_state("networkidle")
        expect(page.locator("#errors")).to_have_count(0)
        sign_in(page, login="hesitant")
        expect(page).to_have_url(re.compile("/account$"))


def test_a_passkey_of_another_signs_its_own_user_in(server, page):
    for name in ("first-of-two", "second-of-two"):
        make_account(page, server, name)
        page.context.clear_cookies()
    page.add_init_script(NO_AUTOFILL)
    page.goto(f"{server.url}/login")
    sign_in(page, login="second-of-two")
    with authenticator(page):
        add(page, server, name="My phone")
        sign_out(page, server)
        page.get_by_label("Email or username").fill("first-of-two")
        press(page)
        expect(page.get_by_text("second-of-two@example.com").first).to_be_visible()


def test_a_passkey_is_offered_after_a_password_and_used_the_next_time(server, page):
    make_account(page, server, "offered")
    page.add_init_script(NO_AUTOFILL)
    with authenticator(page) as device:
        sign_out(page, server)
        sign_in(page, login="offered")
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text("Next time without a password?")
        page.get_by_role("button", name="Create passkey").click()
        expect(page).to_have_url(re.compile("/account$"))
        assert len(device.credentials()) == 1
        sign_out(page, server)
        press(page)
        expect(page).to_have_url(re.compile("/account$"))


def test_no_passkey_is_offered_where_the_device_makes_none(server, page):
    make_account(page, server, "plain")
    sign_out(page, server)
    sign_in(page, login="plain")
    expect(page).to_have_url(re.compile("/account$"))


SECURITY_KEY = {
    "transport": "usb",
    "hasResidentKey": False,
    "hasUserVerification": False,
    "isUserVerified": False,
}


def test_a_security_key_is_touched_after_the_password(server, page):
    make_account(page, server, "two-steps-by-key")
    page.add_init_script(NO_AUTOFILL)
    with authenticator(page, **SECURITY_KEY):
        page.goto(f"{server.url}/account/passkeys")
        page.get_by_role("link", name="Add a security key").click()
        page.get_by_label("Name").fill("Blue key")
        page.get_by_role("button", name="Add security key").click()
        expect(page.locator(".codes li")).to_have_count(10)
        page.get_by_role("link", name="I saved them").click()
        expect(page.get_by_text("Second step")).to_be_visible()
        sign_out(page, server)
        sign_in(page, login="two-steps-by-key")
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text("Use your passkey or security key")
        page.get_by_role("button", name="Continue").click()
        expect(page).to_have_url(re.compile("/account$"))


def step_up_url(page, server):
    """Return what the demo app asks the server, with a wish for a passkey."""
    page.goto(f"{server.demo_url}/web")
    begun = page.context.request.post(f"{server.demo_url}/web/sign-in", max_redirects=0)
    return f"{begun.headers['location']}&acr_values=phr"


def test_an_app_that_asks_for_phr_has_a_passkey_shown_in_the_session_there_is(
    server, page
):
    make_account(page, server, "stepper")
    page.add_init_script(NO_AUTOFILL)
    with authenticator(page):
        add(page, server, name="My phone")
        sign_out(page, server)
        sign_in(page, login="stepper")
        expect(page).to_have_url(re.compile("/account$"))
        page.goto(step_up_url(page, server))
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text("Use your passkey or security key")
        page.get_by_role("button", name="Continue", exact=True).click()
        page.get_by_role("button", name="Allow").click()
        expect_app(page, server, "/web")
        expect(page.get_by_text("phr", exact=True)).to_be_visible()


def test_an_account_of_a_passkey_alone_is_used_without_a_password(server, page):
    make_account(page, server, "passwordless")
    page.add_init_script(NO_AUTOFILL)
    with authenticator(page) as device:
        add(page, server, name="My phone")
        page.goto(f"{server.url}/account/password")
        page.get_by_role("button", name="Remove password").click()
        expect(page).to_have_url(re.compile(r"/account/password\?removed=1$"))
        # signing in: by the passkey, not by the password that there was
        sign_out(page, server)
        sign_in(page, login="passwordless")
        expect(page.locator("#errors")).to_be_visible()
        press(page)
        expect(page).to_have_url(re.compile("/account$"))
        # a fresh proof
        page.goto(f"{server.url}/account/confirm?return_to=/account/passkeys")
        expect(page.get_by_text("Use your passkey to go on.")).to_be_visible()
        expect(page.get_by_label("Password")).to_have_count(0)
        page.get_by_role("button", name="Use your passkey").click()
        expect(page).to_have_url(re.compile("/account/passkeys$"))
        # it may go, here and on the device: a mailed link still signs in
        page.get_by_role("button", name="Remove My phone").click()
        expect(page.get_by_role("status")).to_contain_text("The passkey was removed.")
        page.wait_for_load_state("networkidle")
        assert device.credentials() == []
        sign_out(page, server)
        page.goto(f"{server.url}/login")
        expect(page.get_by_role("link", name="Email me a sign-in link")).to_be_visible()


def test_an_account_is_made_and_opened_without_a_password(server, page):
    address = "no-password@example.com"
    page.add_init_script(NO_AUTOFILL)
    page.goto(f"{server.url}/register")
    instead = page.get_by_role("button", name="Create a passkey instead")
    instead.click()  # the browser asks for the address first
    expect(page.locator("#register [name=email]")).to_be_focused()
    page.locator("#register [name=name]").fill("Grace Hopper")
    page.locator("#register [name=email]").fill(address)
    cancel = "navigator.credentials.create = () => Promise.reject(new Error('no'))"
    page.evaluate(f"() => {{ window.kept = navigator.credentials.create; {cancel} }}")
    instead.click()
    expect(page.get_by_text("No passkey was made.")).to_be_visible()
    page.evaluate("() => { navigator.credentials.create = window.kept }")
    with authenticator(page, **SYNCED) as device:
        instead.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
        assert len(device.credentials()) == 1
        page.goto(mailed_link(page, server, to=address))
        page.get_by_role("button", name="Confirm").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Email confirmed")
        sign_out(page, server)
        press(page)
        expect(page).to_have_url(re.compile("/account$"))
        page.goto(f"{server.url}/account/security")
        expect(page.get_by_text("Your account has none.")).to_be_visible()
        page.goto(f"{server.url}/account/passkeys")
        expect(page.get_by_text("Synced", exact=True)).to_be_visible()
