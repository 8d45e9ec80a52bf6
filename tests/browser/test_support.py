"""Support helps somebody who is locked out."""

import pytest
from playwright.sync_api import expect

from tests.browser.inspection import WIDTHS, overflow, violations
from tests.browser.journeys import mailed_link, sign_in
from tests.browser.people import make_person

NEW_PASSWORD = "a quite different horse battery"


@pytest.fixture
def locked_out(server, request):
    """Somebody who lost their password, and who works at support."""
    mark = f"{abs(hash(request.node.name)):x}"[:8]
    names = f"lost-{mark}", f"support-{mark}"
    make_person(server, names[0])
    make_person(server, names[1], roles=["support"])
    return names


@pytest.mark.parametrize("scripts", [True, False])
def test_support_resets_a_person_who_then_signs_in(
    chromium, server, locked_out, scripts
):
    lost, support = locked_out
    with chromium.new_context(java_script_enabled=scripts) as desk:
        page = desk.new_page()
        page.goto(f"{server.url}/admin/users")
        sign_in(page, login=support)
        page.get_by_label("Name, address or ID").fill(lost)
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name=lost).first.click()
        page.get_by_role("link", name="Sign them out everywhere").click()
        page.get_by_role("button", name="Sign them out everywhere").click()
        expect(page.get_by_role("status")).to_contain_text("All sessions are ended")
        page.get_by_role("link", name="Send a link to a new password").click()
        page.get_by_role("button", name="Send a link to a new password").click()
        expect(page.get_by_role("status")).to_contain_text("on its way")
        expect(page.get_by_role("link", name="Delete the account")).to_have_count(0)
    with chromium.new_context(java_script_enabled=scripts) as home:
        page = home.new_page()
        page.goto(mailed_link(page, server, to=f"{lost}@example.com"))
        page.locator("[name=new_password], [name=password]").first.fill(NEW_PASSWORD)
        page.get_by_role("button", name="Save").or_(
            page.get_by_role("button", name="Set")
        ).first.click()
        page.goto(f"{server.url}/account")
        if page.locator("[name=username]").count():
            sign_in(page, login=lost, password=NEW_PASSWORD)
        expect(page.get_by_text(f"{lost}@example.com").first).to_be_visible()


def test_the_pages_about_a_person_are_accessible_and_narrow(themed, server, locked_out):
    lost, _ = locked_out
    themed.goto(f"{server.url}/admin/users?q={lost}")
    sign_in(themed, login="mary")
    themed.get_by_role("link", name=lost).first.click()
    expect(themed.get_by_role("heading", level=1)).to_have_text(lost)
    person = themed.url
    for tab in ("", "/profile", "/roles", "/groups", "/sessions", "/delete", "/reset"):
        themed.goto(person + tab)
        for width in WIDTHS:
            assert overflow(themed, width) == 0, themed.url
        assert violations(themed) == {}, themed.url
    themed.goto(f"{server.url}/admin/users/new")
    assert violations(themed) == {}
