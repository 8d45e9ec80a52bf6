"""An owner rotates the signing keys, and makes an API key that a script uses."""

import json
import re
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from tests.browser.journeys import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.any_database]


def call(server, key: str, path: str, body: object = None) -> tuple[int, dict]:
    """Call the API as a script does; return the status and what was answered."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    try:
        with urlopen(Request(server.url + path, data=data, headers=headers)) as answer:
            return answer.status, json.load(answer)
    except HTTPError as refusal:
        return refusal.code, json.load(refusal)


@pytest.mark.parametrize("scripts", [True, False])
def test_an_owner_rotates_keys_and_makes_one_that_a_script_uses(
    chromium, server, scripts
):
    with chromium.new_context(java_script_enabled=scripts) as desk:
        page = desk.new_page()
        page.goto(f"{server.url}/admin")
        sign_in(page, login="mary")
        expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
        page.get_by_role("link", name="Signing keys", exact=True).click()
        kids = page.locator("tbody th code").all_inner_texts()
        page.get_by_role("link", name="Rotate").click()
        page.get_by_label("Within half a minute").check()
        page.get_by_role("button", name="Rotate").click()
        expect(page.get_by_role("status")).to_contain_text("next keys are published")
        rotated = page.locator("tbody th code").all_inner_texts()
        assert len(rotated) == len(kids) + 2

        page.get_by_role("link", name="API keys", exact=True).click()
        name = f"nightly {'with' if scripts else 'without'} scripts"
        page.get_by_label("Name").fill(name)
        page.get_by_label("keys.read").check()
        page.get_by_label("keys.rotate").check()
        page.get_by_label(re.compile("I mean it")).check()
        page.get_by_role("button", name="Make key").click()
        key = re.search(r"idpk_[\w-]+", page.locator("main").inner_text())[0]

        status, listed = call(server, key, "/api/admin/keys")
        assert status == 200
        assert {each["kid"] for each in listed["items"]} == set(rotated)
        status, done = call(server, key, "/api/admin/keys/rotate", {"now": True})
        assert (status, len(done["kids"])) == (200, 2)
        assert call(server, key, "/api/admin/settings")[0] == 403

        page.goto(f"{server.url}/admin/api-keys")
        page.locator("tr", has_text=name).get_by_role("button").click()
        expect(page.get_by_role("status")).to_contain_text("The key is revoked")
        assert call(server, key, "/api/admin/keys")[0] == 401
