"""Who knows a password signs in without pause, in all ways, at two workers."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

from tests.serving import Serving, serving

LOGIN = "ada"
THIEVES = 4
OLD = "nine quiet otters by the lake"
CALLBACK = "http://localhost:9101/cb"
VERIFIER = "v" * 43
CHALLENGE = "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
SEED = f"""
[[users]]
email = "ada@example.com"
username = "ada"
password = "{OLD}"
email_verified = true

[[clients]]
client_id = "app"
token_endpoint_auth_method = "none"
redirect_uris = ["{CALLBACK}"]
grant_types = ["authorization_code", "refresh_token", "{DEVICE}"]
scope = "openid offline_access"
first_party = true
"""
OFF = {
    f"IDP_RATELIMIT_{name}": "off"
    for name in (
        "LOGIN_ACCOUNT_IP",
        "LOGIN_IP",
        "LOGIN_ACCOUNT",
        "LOGIN_RUN",
        "USER_CODE",
        "MAIL_ADDRESS",
        "MAIL_IP",
    )
}


@contextmanager
def two_workers(folder: Path, database_url: str) -> Iterator[Serving]:
    """Run a server of two workers with one seeded user; its mail goes to a file."""
    (folder / "seed.toml").write_text(SEED)
    environ = {
        "IDP_DATABASE_URL": database_url,
        "IDP_DEMO": "false",
        "IDP_MAIL_URL": f"file://{folder}/mail.jsonl",
        **OFF,
    }
    arguments = ("--seed", "seed.toml", "--workers", "2")
    with serving(folder, *arguments, environ=environ) as running:
        yield running


def log_in(server, password):
    """Sign in as a program; the answer, which has tokens if the password is right."""
    body = {"login": LOGIN, "password": password}
    return requests.post(f"{server.url}/auth/login", json=body, timeout=30)


class Thief(threading.Thread):
    """Signs in without pause, until told; keeps what still has to be tried."""

    def __init__(self, server, password, *, over):
        super().__init__()
        self.server, self.password, self.over = server, password, over
        self.rounds, self.strange, self.held = 0, [], []

    def run(self):
        while not self.over.is_set():
            self.try_once()
            self.rounds += 1

    def note(self, answer):
        if answer.status_code >= 500:
            self.strange.append((answer.status_code, answer.text))


class ProgramThief(Thief):
    """Takes the tokens of the JSON API, and refreshes them at once."""

    def try_once(self):
        answer = log_in(self.server, self.password)
        self.note(answer)
        pair = answer.json()
        if "refresh_token" in pair:
            self.held.append(self.refreshed(pair) or pair)

    def refreshed(self, pair):
        body = {"refresh_token": pair["refresh_token"]}
        answer = requests.post(f"{self.server.url}/auth/refresh", json=body, timeout=30)
        self.note(answer)
        return answer.json() if answer.status_code == 200 else None

    def alive(self):
        for pair in self.held:
            headers = {"Authorization": f"Bearer {pair['access_token']}"}
            url = f"{self.server.url}/auth/me"
            if requests.get(url, headers=headers, timeout=30).status_code == 200:
                yield "access token"
            if self.refreshed(pair):
                yield "refresh token"


class BrowserThief(Thief):
    """Signs in by the page and proves it again; lets an app and a device have grants.

    One code, and what a device waits for, are kept to be taken later.
    """

    def try_once(self):
        browser = requests.Session()
        login = {"username": LOGIN, "password": self.password}
        if self.submit(browser, "/login", **login) == 303:
            self.submit(browser, "/account/confirm", password=self.password)
            device = self.connected_device(browser)
            token = self.taken(self.code(browser)).get("refresh_token")
            self.held.append((browser, token, self.code(browser), device))

    def submit(self, browser, path, **form):
        page = browser.get(f"{self.server.url}{path}", timeout=30).text
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        form |= {"csrf_token": found[1] if found else ""}
        answer = browser.post(
            f"{self.server.url}{path}", data=form, timeout=30, allow_redirects=False
        )
        self.note(answer)
        return answer.status_code

    def code(self, browser):
        request = {
            "client_id": "app",
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid offline_access",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        url = f"{self.server.url}/oauth2/authorize"
        answer = browser.get(url, params=request, allow_redirects=False, timeout=30)
        self.note(answer)
        query = parse_qs(urlsplit(answer.headers.get("Location", "")).query)
        return query.get("code", [""])[0]

    def connected_device(self, browser):
        asked = self.call("/oauth2/device_authorization", scope="openid offline_access")
        path, code = f"/device?user_code={asked['user_code']}", asked["user_code"]
        self.submit(browser, path, user_code=code)
        self.submit(browser, path, user_code=code, decision="allow")
        return asked["device_code"]

    def call(self, path, **form):
        url = f"{self.server.url}{path}"
        answer = requests.post(url, data=form | {"client_id": "app"}, timeout=30)
        self.note(answer)
        return answer.json()

    def taken(self, code):
        return self.call(
            "/oauth2/token",
            grant_type="authorization_code",
            redirect_uri=CALLBACK,
            code=code,
            code_verifier=VERIFIER,
        )

    def polled(self, device):
        return self.call("/oauth2/token", grant_type=DEVICE, device_code=device)

    def refreshed(self, token):
        form = {"grant_type": "refresh_token", "refresh_token": token}
        return self.call("/oauth2/token", **form)

    def alive(self):
        for browser, token, code, device in self.held:
            url = f"{self.server.url}/account"
            page = browser.get(url, allow_redirects=False, timeout=30)
            if page.status_code == 200:
                yield "session"
            if token and "access_token" in self.refreshed(token):
                yield "offline grant"
            if "access_token" in self.taken(code):
                yield "code"
            if "access_token" in self.polled(device):
                yield "device"


def wait_until(thieves, ready):
    """Wait for all thieves while they go on, which one that fails does not."""
    while not all(map(ready, thieves)):
        assert all(thief.is_alive() for thief in thieves)
        thieves[0].join(0.01)


def overtake(server, old, act):
    """Act while thieves sign in with the old password; return them and the answer."""
    over = threading.Event()
    kinds = (ProgramThief, BrowserThief) * (THIEVES // 2)
    thieves = [kind(server, old, over=over) for kind in kinds]
    for thief in thieves:
        thief.start()
    try:
        wait_until(thieves, lambda thief: thief.held)
        answer = act()
        rounds = {thief: thief.rounds + 2 for thief in thieves}
        wait_until(thieves, lambda thief: thief.rounds >= rounds[thief])
    finally:
        over.set()
        for thief in thieves:
            thief.join()
    return thieves, answer
