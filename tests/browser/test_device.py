"""A person connects a device from a browser, with scripts and without."""

import json
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from idp.oauth.clients.view import DEVICE_CODE
from tests.browser.inspection import WIDTHS, overflow, violations
from tests.browser.journeys import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.processes]

CODE_LABEL = "Code"


def post(server, path, **form):
    """Call as the device does."""
    body = urlencode({"client_id": "tv"} | form).encode()
    with urlopen(f"{server.url}{path}", body) as answer:
        return json.load(answer)


@pytest.fixture
def told(server):
    """What a device was told when it asked."""
    return post(server, "/oauth2/device_authorization", scope="openid email")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_device_is_connected_by_the_code_on_its_screen(
    server, chromium, told, scripts
):
    with chromium.new_context(java_script_enabled=scripts) as context:
        page = context.new_page()
        page.goto(told["verification_uri"])
        sign_in(page)
        page.get_by_label(CODE_LABEL).fill("bcdf ghjk")
        page.get_by_role("button", name="Continue").click()
        expect(page.locator("#errors")).to_contain_text("That code isn’t right")
        page.get_by_label(CODE_LABEL).fill(told["user_code"].lower())
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("main")).to_contain_text(told["user_code"])
        page.get_by_role("button", name="Yes, connect").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Your device is connected"
        )
    tokens = post(
        server, "/oauth2/token", grant_type=DEVICE_CODE, device_code=told["device_code"]
    )
    assert tokens["scope"] == "openid email"


@pytest.mark.any_database
def test_the_pages_of_a_waiting_device_are_accessible_and_narrow(server, themed, told):
    themed.goto(told["verification_uri_complete"])
    sign_in(themed)
    expect(themed.get_by_label(CODE_LABEL)).to_have_value(told["user_code"])
    themed.get_by_role("button", name="Continue").click()
    for button in ("Yes, connect", None):
        themed.wait_for_load_state()
        for width in WIDTHS:
            assert overflow(themed, width) == 0
        assert violations(themed) == {}
        if button:
            themed.get_by_role("button", name=button).click()
            expect(themed.get_by_text("You can close this page")).to_be_visible()
