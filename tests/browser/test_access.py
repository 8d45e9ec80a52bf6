"""An app for a group alone: an admin says so, and people come to it."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.browser.inspection import WIDTHS, overflow, violations
from tests.browser.journeys import sign_in

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636 appendix B


@pytest.fixture
def apps(server, request):
    """Two apps that come back to the demo app's address, and a group."""
    mark = f"{abs(hash(request.node.name)):x}"[:8]
    there = f"{server.demo_url}/nowhere"
    names = [f"payroll-{mark}", f"wiki-{mark}"]
    for name in names:
        app = {"client_id": name, "client_name": name, "redirect_uris": [there]}
        public = {"token_endpoint_auth_method": "none", "first_party": True}
        server.call("POST", "/api/admin/clients", **app, **public)
    group = server.call("POST", "/api/admin/groups", name=f"ops-{mark}")
    return server, names, group


def ask(page, server, client_id):
    query = {
        "client_id": client_id,
        "redirect_uri": f"{server.demo_url}/nowhere",
        "response_type": "code",
        "scope": "openid",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    page.goto(f"{server.url}/oauth2/authorize?{urlencode(query)}")


@pytest.mark.parametrize("scripts", [True, False])
def test_one_app_turns_a_person_away_and_another_lets_them_in(chromium, apps, scripts):
    server, (payroll, wiki), made = apps
    group = made["name"]
    with chromium.new_context(java_script_enabled=scripts) as desk:
        admin = desk.new_page()
        admin.goto(f"{server.url}/admin/clients/{payroll}/access")
        sign_in(admin, login="mary")
        admin.get_by_label("Some people only").check()
        admin.get_by_label("Groups that may use it").fill(group)
        admin.get_by_role("button", name="Save").first.click()
        expect(admin.get_by_role("status")).to_contain_text("Saved.")
        with chromium.new_context(java_script_enabled=scripts) as home:
            ada = home.new_page()
            ask(ada, server, payroll)
            sign_in(ada)
            told = f"You have no access to {payroll}"
            expect(ada.get_by_role("heading", level=1)).to_have_text(told)
            ada.get_by_role("button", name=f"Back to {payroll}").click()
            expect(ada).to_have_url(re.compile("error=access_denied"))
            ask(ada, server, wiki)
            expect(ada).to_have_url(re.compile(r"/nowhere\?code="))
            admin.goto(f"{server.url}/admin/groups?q={group}")
            admin.get_by_role("link", name=group).click()
            admin.get_by_label("Email or username").fill("ada@example.com")
            admin.get_by_role("button", name="Add").click()
            expect(admin.get_by_role("status")).to_contain_text("Added.")
            ask(ada, server, payroll)
            expect(ada).to_have_url(re.compile(r"/nowhere\?code="))


def test_the_refusal_and_what_leads_to_it_are_accessible_and_narrow(apps, themed):
    server, (payroll, _), made = apps
    group = made["name"]
    editors = {"name": "Editor", "groups": [group]}
    some = {"app_roles": [editors], "access": {"groups": [group]}}
    server.call("PATCH", f"/api/admin/clients/{payroll}", **some)
    [mary] = server.call("GET", "/api/users?query=admin-mary")["items"]
    server.call("PUT", f"/api/admin/groups/{made['id']}/members/{mary['id']}")
    ask(themed, server, payroll)
    sign_in(themed)
    expect(themed.get_by_role("heading", level=1)).to_contain_text("no access")
    check(themed)
    themed.get_by_role("link", name="Use another account").click()
    sign_in(themed, login="mary")
    expect(themed).to_have_url(re.compile(r"/nowhere\?code="))
    themed.goto(f"{server.url}/admin/clients/{payroll}/access?role=Editor")
    check(themed)
    themed.get_by_role("link", name="Groups").click()
    themed.get_by_role("link", name=group).click()
    check(themed)


def check(page):
    for width in WIDTHS:
        assert overflow(page, width) == 0, page.url
    assert violations(page) == {}, page.url
