"""Another provider's button, in Chromium: to it, back, and what is asked then."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.inspection import inspect_shown
from tests.browser.seed import SEED
from tests.federation.peers import CLIENT_ID, SECRET, provider_at_peer
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.any_database]
PROVIDER = """
[[providers]]
id = "acme"
name = "Acme"
issuer = "{issuer}"
client_id = "{client_id}"
client_secret = "{secret}"
scopes = ["openid", "email"]
"""


@pytest.fixture
def peer():
    with provider_at_peer() as running:
        yield running


@pytest.fixture
def there(peer, tmp_path):
    """A server of which the provider knows."""
    said = PROVIDER.format(issuer=peer.issuer, client_id=CLIENT_ID, secret=SECRET)
    (tmp_path / "seed.toml").write_text(SEED + said)
    reach = {"IDP_ALLOW_LOOPBACK_FETCH": "true"}
    with serving(tmp_path, "--seed", "seed.toml", environ=reach) as server:
        yield server


@pytest.fixture
def tab(chromium):
    """A tab without our CSP: axe is injected."""
    with chromium.new_context(bypass_csp=True) as context:
        yield context.new_page()


def go(tab, there):
    tab.goto(f"{there.url}/login")
    tab.get_by_role("button", name="Continue with Acme").click()


def test_one_signs_up_another_is_to_sign_in_first_and_then_it_is_away(tab, there, peer):
    peer.claims = {"sub": "eve", "name": "Eve"}
    go(tab, there)
    expect(tab.get_by_role("heading", level=1)).to_have_text("Create your account")
    expect(tab.get_by_label("Name")).to_have_value("Eve")
    inspect_shown(tab)
    tab.get_by_label("Email").fill("eve@example.com")
    tab.get_by_role("button", name="Create account").click()
    expect(tab).to_have_url(re.compile("/email-verification"))
    tab.goto(f"{there.url}/account/links")
    expect(tab.get_by_role("button", name="Unlink Acme")).to_be_visible()
    inspect_shown(tab)
    tab.context.clear_cookies(name=re.compile("^(?!idp-last)"))

    peer.claims = {"sub": "ada", "email": "ada@example.com", "email_verified": True}
    tab.goto(f"{there.url}/login")
    expect(tab.get_by_text("Last used")).to_be_visible()
    inspect_shown(tab)
    tab.get_by_role("button", name="Continue with Acme").click()
    heading = tab.get_by_role("heading", level=1)
    expect(heading).to_have_text("You already have an account")
    inspect_shown(tab)

    peer.status = 503
    go(tab, there)
    expect(tab.get_by_text("Acme can’t be reached right now")).to_be_visible()
    inspect_shown(tab)
    tab.get_by_role("link", name="Back to sign-in").click()
    expect(tab).to_have_url(re.compile(f"^{there.url}/login"))
