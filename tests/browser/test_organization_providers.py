"""An owner proves a domain and sets a provider up; its people sign in by that alone."""

import re

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.inspection import inspect_shown
from tests.browser.journeys import expect_app, sign_in
from tests.browser.seed import PASSWORD, SEED
from tests.federation.peers import CLIENT_ID, SECRET, provider_at_peer
from tests.organizations.domains.name_server import name_server
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.any_database]
ADA = "ada@corp.example"
PEOPLE = f"""
[[users]]
email = "boss@home.example"
username = "boss"
password = "{PASSWORD}"
email_verified = true

[[users]]
email = "{ADA}"
username = "ada-of-corp"
password = "{PASSWORD}"
email_verified = true

[[users]]
email = "root@corp.example"
username = "root"
password = "{PASSWORD}"
email_verified = true
roles = ["owner"]

[[organizations]]
slug = "corp"
name = "Corp"
members = {{ boss = ["owner"] }}
"""


@pytest.fixture
def names():
    with name_server() as running:
        yield running


@pytest.fixture
def peer():
    claims = {"sub": "ada", "email": ADA, "email_verified": True}
    with provider_at_peer(claims=claims) as running:
        yield running


@pytest.fixture
def there(names, peer, tmp_path):
    """A server that asks the name server, and reaches the provider."""
    tables = SEED.partition("[[organizations]]")
    seed = f"{tables[0]}{PEOPLE}{tables[1]}{tables[2]}"
    (tmp_path / "seed.toml").write_text(seed)
    reach = {"IDP_ALLOW_LOOPBACK_FETCH": "true", "IDP_DNS_SERVERS": names.address}
    with serving(tmp_path, "--seed", "seed.toml", environ=reach) as server:
        yield server


@pytest.fixture
def tab_of(chromium):
    """Opens a tab of somebody else each time, without our CSP: axe is injected."""
    contexts = []

    def open_tab():
        contexts.append(chromium.new_context(bypass_csp=True))
        return contexts[-1].new_page()

    yield open_tab
    for context in contexts:
        context.close()


def prove_domain(page, there, names) -> None:
    """Add the domain, publish its record, and have it looked for."""
    page.goto(f"{there.url}/account/orgs/corp/domains")
    inspect_shown(page)
    page.locator("[name=domain]").fill("corp.example")
    page.get_by_role("button", name="Add", exact=True).click()
    inspect_shown(page)
    value = page.get_by_text("idp-domain-verification=").text_content()
    names.texts["_idp-challenge.corp.example"] = [value]
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("The domain is verified.")).to_be_visible()
    inspect_shown(page)


def add_provider(page, there, peer) -> None:
    """Set the provider up, and try it."""
    page.goto(f"{there.url}/account/orgs/corp/providers")
    inspect_shown(page)
    page.get_by_label("Name on the button").fill("Corp ID")
    page.get_by_label("Issuer").fill(peer.issuer)
    page.get_by_label("Client ID there").fill(CLIENT_ID)
    page.get_by_label("Client secret").fill(SECRET)
    page.get_by_role("button", name="Add provider").click()
    inspect_shown(page)
    page.get_by_role("button", name="Test it").click()
    expect(page.get_by_text("It answers as it should")).to_be_visible()


def enforce(page, there) -> None:
    """Let the provider be the only way in."""
    page.goto(f"{there.url}/account/orgs/corp/domains/corp.example")
    page.get_by_label("How they sign in").select_option(label="By Corp ID alone")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def refused(there, path, **body) -> str:
    """Return the code with which a program is refused."""
    answer = requests.post(f"{there.url}{path}", json=body, timeout=30).json()
    return answer["error"]["code"]


def test_an_owner_brings_a_company_in(tab_of, there, names, peer):
    boss = tab_of()
    boss.goto(f"{there.url}/login")
    sign_in(boss, login="boss")
    prove_domain(boss, there, names)
    add_provider(boss, there, peer)

    ada = tab_of()
    ada.goto(f"{there.url}/login")
    sign_in(ada, login=ADA)
    ada.goto(f"{there.url}/account/orgs")
    expect(ada.get_by_role("link", name="Corp", exact=True)).to_be_visible()
    enforce(boss, there)

    at_app = tab_of()
    at_app.goto(f"{there.demo_url}/web")
    at_app.locator("#sign-in").click()
    sign_in(at_app, login=ADA, password="whatever she types")
    expect(at_app).to_have_url(re.compile(f"^{there.demo_url}|/consent"))
    if "/consent" in at_app.url:
        at_app.get_by_role("button", name="Allow").click()
    expect_app(at_app, there, "/web")
    assert "/authorize" in peer.paths

    wrong = {"login": ADA, "password": PASSWORD}
    assert refused(there, "/auth/login", **wrong) == "method_not_allowed"
    reset = refused(there, "/auth/password-reset/email", email=ADA)
    assert reset == "method_not_allowed"
    link = refused(there, "/auth/magic-link", email=ADA)
    assert link == "method_not_allowed"
    checked = requests.post(
        f"{there.url}/auth/check-email", json={"email": ADA}, timeout=30
    )
    [method] = checked.json()["methods"]
    assert method.startswith("provider:org-")

    root = tab_of()
    root.goto(f"{there.url}/login")
    sign_in(root, login="root@corp.example")
    expect(root).to_have_url(re.compile(f"{there.url}/account"))
