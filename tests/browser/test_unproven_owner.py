"""An address that another signed up with, taken by its owner in Chromium."""

import re

from playwright.sync_api import Browser, expect

from tests.browser.journeys import mailed_link, register, sign_in

OWN = "seven loud geese in the rain"


def test_the_owner_of_an_address_sets_a_password_and_the_stranger_is_out(
    page, chromium: Browser, server
):
    page.goto(f"{server.url}/register")
    register(page, email="victim@example.com", username="victim", name="Victim")
    link = mailed_link(page, server, to="victim@example.com")
    with chromium.new_context() as context:
        owner = context.new_page()
        owner.goto(link)
        owner.get_by_role("button", name="Confirm").click()
        owner.wait_for_url("**/password-reset?**")
        owner.locator("[name=password]").fill(OWN)
        owner.get_by_role("button", name="Save password").click()
        owner.wait_for_url("**/login**")
        sign_in(owner, login="victim@example.com", password=OWN)
        owner.wait_for_url("**/account")
    page.goto(f"{server.url}/account")
    expect(page).to_have_url(re.compile(r"/login\?return_to="))
