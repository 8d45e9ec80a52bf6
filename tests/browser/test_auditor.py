"""An auditor finds out who changed where an app sends its users."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.inspection import WIDTHS, overflow, violations
from tests.browser.journeys import sign_in
from tests.browser.people import make_person

OLD, NEW = "https://shop.example/old", "https://shop.example/new"


@pytest.fixture
def shop(server, request):
    """An app, and an auditor of this test's own."""
    mark = f"{abs(hash(request.node.name)):x}"[:8]
    names = f"shop-{mark}", f"auditor-{mark}"
    app = {"client_id": names[0], "client_name": names[0], "redirect_uris": [OLD]}
    server.call("POST", "/api/admin/clients", **app)
    make_person(server, names[1], roles=["auditor"])
    return names


@pytest.mark.parametrize("scripts", [True, False])
def test_an_auditor_finds_who_changed_a_redirect_uri_and_takes_it_along(
    chromium, server, shop, scripts
):
    app, auditor = shop
    with chromium.new_context(java_script_enabled=scripts) as desk:
        owner = desk.new_page()
        owner.goto(f"{server.url}/admin/clients/{app}/settings")
        sign_in(owner, login="mary")
        owner.get_by_label("Redirect URIs").fill(NEW)
        owner.get_by_role("button", name="Save").first.click()
        expect(owner.get_by_role("status")).to_contain_text("Saved.")
    with chromium.new_context(java_script_enabled=scripts) as desk:
        page = desk.new_page()
        page.goto(f"{server.url}/admin/logs")
        sign_in(page, login=auditor)
        page.get_by_label("App", exact=True).fill(app)
        page.get_by_label("What", exact=True).select_option("client.changed")
        page.get_by_role("button", name="Search").click()
        row = page.get_by_role("row").filter(has_text="redirect uris")
        expect(row).to_contain_text("admin-mary@example.com")
        expect(row).to_contain_text(OLD)
        expect(row).to_contain_text(NEW)
        with page.expect_download() as download:
            page.get_by_role("link", name="Export CSV").click()
        text = Path(download.value.path()).read_text()
        (taken,) = csv.DictReader(StringIO(text))
        assert (taken["event"], taken["client_id"]) == ("client.changed", app)
        assert NEW in taken["detail"]
        page.goto(f"{server.url}/admin/clients/{app}/settings")
        expect(page.get_by_role("button", name="Save")).to_have_count(0)


def test_the_log_is_accessible_and_narrow(themed, server, shop):
    themed.goto(f"{server.url}/admin/logs?client_id={shop[0]}")
    sign_in(themed, login=shop[1])
    expect(themed.get_by_role("heading", level=1)).to_have_text("Audit log")
    for width in WIDTHS:
        assert overflow(themed, width) == 0
    assert violations(themed) == {}
