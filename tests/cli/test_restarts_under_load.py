"""Stop and start while apps refresh: nothing that was answered is lost."""

import re
import threading
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.serving import serving

pytestmark = pytest.mark.processes

APPS = 8
RESTARTS = 4
CALLBACK = "http://localhost:9101/cb"
VERIFIER = "v" * 43
CHALLENGE = "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM"
SEED = f"""
[[users]]
email = "ada@example.com"
username = "ada"
password = "nine quiet otters by the lake"
email_verified = true

[[clients]]
client_id = "app"
token_endpoint_auth_method = "none"
redirect_uris = ["{CALLBACK}"]
grant_types = ["authorization_code", "refresh_token"]
scope = "openid offline_access"
first_party = true
"""


def signed_in(server):
    """A browser in which Ada is signed in."""
    browser = requests.Session()
    page = browser.get(f"{server.url}/login").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    form = {
        "csrf_token": token,
        "username": "ada",
        "password": "nine quiet otters by the lake",
    }
    assert browser.post(f"{server.url}/login", data=form).status_code == 200
    return browser


def refresh_token(server, browser):
    """The first refresh token of one more app."""
    request = {
        "client_id": "app",
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid offline_access",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    answer = browser.get(
        f"{server.url}/oauth2/authorize", params=request, allow_redirects=False
    )
    [code] = parse_qs(urlsplit(answer.headers["Location"]).query)["code"]
    form = {
        "grant_type": "authorization_code",
        "client_id": "app",
        "redirect_uri": CALLBACK,
        "code": code,
        "code_verifier": VERIFIER,
    }
    return redeem(server, form).json()["refresh_token"]


def redeem(server, form):
    return requests.post(f"{server.url}/oauth2/token", data=form, timeout=30)


class App(threading.Thread):
    """Refreshes without pause until the server is gone; keeps what was answered."""

    def __init__(self, server, token):
        super().__init__()
        self.server, self.token = server, token
        self.rounds, self.refusals = 0, []

    def run(self):
        form = {"grant_type": "refresh_token", "client_id": "app"}
        while not self.refusals:
            try:
                answer = redeem(self.server, form | {"refresh_token": self.token})
            except requests.ConnectionError:
                return
            if answer.status_code == 200:
                self.token = answer.json()["refresh_token"]
                self.rounds += 1
            else:
                self.refusals.append((answer.status_code, answer.text))


def test_apps_go_on_refreshing_after_every_restart(tmp_path, database_url):
    (tmp_path / "seed.toml").write_text(SEED)
    environ = {"IDP_DATABASE_URL": database_url, "IDP_DEMO": "false"}
    tokens = []
    for _ in range(RESTARTS):
        with serving(tmp_path, "--seed", "seed.toml", environ=environ) as server:
            if not tokens:
                browser = signed_in(server)
                tokens = [refresh_token(server, browser) for _ in range(APPS)]
            apps = [App(server, token) for token in tokens]
            for app in apps:
                app.start()
            while min(app.rounds for app in apps) < 3 and all(
                app.is_alive() for app in apps
            ):
                apps[0].join(0.05)
            assert server.stop() == 0
            for app in apps:
                app.join()
        assert [refusal for app in apps for refusal in app.refusals] == []
        assert min(app.rounds for app in apps) >= 3
        tokens = [app.token for app in apps]
