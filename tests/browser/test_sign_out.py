"""Signing out where several apps are used, in Chromium and with the real worker."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.journeys import expect_app, sign_in
from tests.browser.seed import SEED
from tests.oauth.signing_out import LOOPBACK_OPEN
from tests.security.outbound.peers import Peer, answering, peer
from tests.serving import Serving, serving

pytestmark = [pytest.mark.browser, pytest.mark.processes]

HTML = "Content-Type: text/html"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def client(name: str, port: int) -> str:
    """Declare an app at a port that wants to be told by both channels."""
    home = f"http://127.0.0.1:{port}"
    return f"""
[[clients]]
client_id = "{name}"
client_name = "{name.title()}"
client_secret = "a secret of a client of this test"
redirect_uris = ["{home}/callback"]
post_logout_redirect_uris = ["{home}/goodbye"]
scope = "openid"
first_party = true
frontchannel_logout_uri = "{home}/frontchannel"
backchannel_logout_uri = "{home}/backchannel"
"""


@pytest.fixture(scope="module")
def apps() -> Iterator[dict[str, Peer]]:
    """Two apps that only note what is asked of them."""
    page = answering(b"<!doctype html><title>App</title>", "200 OK", HTML)
    with peer(page) as notes, peer(page) as shop:
        yield {"notes": notes, "shop": shop}


@pytest.fixture(scope="module")
def told(databases, tmp_path_factory, apps) -> Iterator[Serving]:
    """A server that may call apps on this machine."""
    folder = tmp_path_factory.mktemp("told")
    clients = [client(name, app.port) for name, app in apps.items()]
    (folder / "seed.toml").write_text(SEED + "".join(clients))
    with (
        databases.fresh() as url,
        serving(
            folder,
            *("--seed", "seed.toml"),
            environ={**LOOPBACK_OPEN, "IDP_DATABASE_URL": url, "IDP_DEMO": "false"},
        ) as server,
    ):
        yield server


def use(page: Page, server: Serving, app: Peer, name: str) -> None:
    """Come to an app by way of the server."""
    request = {
        "client_id": name,
        "redirect_uri": f"http://127.0.0.1:{app.port}/callback",
        "response_type": "code",
        "scope": "openid",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    page.goto(f"{server.url}/oauth2/authorize?{urlencode(request)}")


def leave(page: Page, server: Serving, app: Peer, name: str) -> None:
    """Be sent to the logout endpoint by an app, and say yes."""
    goodbye = f"http://127.0.0.1:{app.port}/goodbye"
    request = {"client_id": name, "post_logout_redirect_uri": goodbye, "state": "s"}
    page.goto(f"{server.url}/oauth2/logout?{urlencode(request)}")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{goodbye}?state=s", timeout=15_000)


def asked(app: Peer, page: Page, path: str) -> list[str]:
    """Wait for a request of an app's path; return the targets of all such."""
    for _ in range(100):
        lines = [raw.split(b" ", 2)[1].decode() for raw in app.requests]
        found = [target for target in lines if target.startswith(path)]
        if found:
            return found
        page.wait_for_timeout(100)
    raise AssertionError(f"nobody asked for {path}")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_every_app_hears_of_it_by_both_channels(told, apps, chromium, scripts):
    for app in apps.values():
        app.requests.clear()
    with chromium.new_context(java_script_enabled=scripts) as context:
        page = context.new_page()
        use(page, told, apps["notes"], "notes")
        sign_in(page)
        expect(page).to_have_url(re.compile("/callback"))
        use(page, told, apps["shop"], "shop")
        expect(page).to_have_url(re.compile("/callback"))
        leave(page, told, apps["notes"], "notes")
        for app in apps.values():
            (frame,) = asked(app, page, "/frontchannel")
            query = parse_qs(urlsplit(frame).query)
            assert query["iss"] == [told.url]
            assert len(query["sid"][0]) == 32
            assert len(asked(app, page, "/backchannel")) == 1


def test_the_demo_apps_sign_out_comes_back_and_stays_signed_out(server, page):
    page.goto(f"{server.demo_url}/web")
    page.locator("#sign-in").click()
    sign_in(page)
    allow = page.get_by_role("button", name="Allow")
    back = page.locator("#userinfo")
    expect(allow.or_(back)).to_be_visible()
    if allow.is_visible():
        allow.click()
    expect_app(page, server, "/web")

    page.locator("#sign-out").click()
    expect(page).to_have_url(f"{server.demo_url}/")
    page.goto(f"{server.url}/account")
    expect(page).to_have_url(re.compile("/login"))
