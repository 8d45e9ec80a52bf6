"""Passkeys in Chromium, with the virtual authenticator of its developer tools."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.browser.journeys import make_account

pytestmark = [pytest.mark.browser, pytest.mark.processes]

NO_AUTOFILL = "PublicKeyCredential.isConditionalMediationAvailable = async () => false"


@contextmanager
def authenticator(page):
    """Give the browser a phone's authenticator; until the block is left."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    tools.detach()


def add(page, server, *, name):
    page.goto(f"{server.url}/account/security")
    page.get_by_role("link", name="Set Passkeys").click()
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


def test_created_used_and_removed(server, page):
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
        # a removed one is refused
        page.goto(f"{server.url}/account/passkeys")
        page.get_by_role("button", name="Remove My phone").click()
        expect(page.get_by_text("You have no passkey yet.")).to_be_visible()
        sign_out(page, server)
        press(page)
        expect(page.get_by_text("No passkey was used.")).to_be_visible()
