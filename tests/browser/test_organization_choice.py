"""Somebody of two organizations comes to an app, and chooses one on the way."""

import json
import re
from base64 import urlsafe_b64decode
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.inspection import inspect_shown
from tests.browser.journeys import sign_in
from tests.browser.people import make_person
from tests.browser.seed import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.any_database]

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636 appendix B
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def make_organizations(server, login, *names) -> dict[str, str]:
    """Have somebody make organizations; return their ids by name."""
    who = {"login": login, "password": PASSWORD}
    tokens = requests.post(f"{server.url}/auth/login", json=who, timeout=30).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    there = f"{server.url}/api/organizations"
    made = [
        requests.post(there, json={"name": name}, headers=headers, timeout=30)
        for name in names
    ]
    return {each.json()["name"]: each.json()["id"] for each in made}


def said_by_tokens(server, client_id, url) -> dict:
    """Redeem the code that an app came back with; return what the ID Token says."""
    form = {
        "grant_type": "authorization_code",
        "client_id": client_id,
        "code": parse_qs(urlsplit(url).query)["code"][0],
        "redirect_uri": url.partition("?")[0],
        "code_verifier": VERIFIER,
    }
    tokens = requests.post(f"{server.url}/oauth2/token", data=form, timeout=30).json()
    payload = tokens["id_token"].split(".")[1]
    return json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def ask(page, server, client_id, **changed) -> None:
    """Come from the app."""
    query = {
        "client_id": client_id,
        "redirect_uri": f"{server.demo_url}/nowhere",
        "response_type": "code",
        "scope": "openid organizations",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    page.goto(f"{server.url}/oauth2/authorize?{urlencode(query | changed)}")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_app_is_opened_in_the_organization_that_is_chosen(chromium, server, scripts):
    name = f"octavia{int(scripts)}"
    client_id, there = f"tenants{int(scripts)}", f"{server.demo_url}/nowhere"
    make_person(server, name)
    ids = make_organizations(server, name, f"Acme of {name}", f"Bureau of {name}")
    server.call(
        "POST",
        "/api/admin/clients",
        client_id=client_id,
        client_name="Tenants",
        redirect_uris=[there],
        token_endpoint_auth_method="none",
        scope="openid organizations",
        organization="required",
    )
    with chromium.new_context(bypass_csp=True, java_script_enabled=scripts) as desk:
        page = desk.new_page()
        ask(page, server, client_id)
        sign_in(page, login=name)
        expect(page).to_have_url(re.compile("/login/organization"))
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Choose an organization"
        )
        if scripts:
            inspect_shown(page)
        page.get_by_role("button", name=f"Bureau of {name}").click()
        expect(page).to_have_url(re.compile("/consent"))
        page.get_by_role("button", name="Allow").click()
        expect(page).to_have_url(re.compile(rf"{there}\?code="))
        said = said_by_tokens(server, client_id, page.url)
        assert said["org_id"] == ids[f"Bureau of {name}"]
        assert said["org_roles"] == ["owner"]
        ask(page, server, client_id, organization=ids[f"Acme of {name}"])
        expect(page).to_have_url(re.compile(rf"{there}\?code="))
        said = said_by_tokens(server, client_id, page.url)
        assert said["org_id"] == ids[f"Acme of {name}"]
