"""Two nodes behind each proxy that the documents describe."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.databases import postgres_server
from tests.drills.nodes import nodes
from tests.drills.proxies import certificate, proxy
from tests.serving import free_ports

CALLBACK = "http://127.0.0.1/cb"
VERIFIER = "v" * 43
CHALLENGE = "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM"
LONG_STATE = "s" * 4_000  # as long as we take
CALLERS = 4
NOTICED_SECONDS = 6  # until every proxy sends requests to a node that is back
TRIES = {f"IDP_RATELIMIT_{name}": "off" for name in ("LOGIN_IP", "LOGIN_ACCOUNT_IP")}


class Installation:
    """Two nodes and what is in front of them."""

    def __init__(self, url, made, authority):
        self.url, self.nodes, self.authority = url, made, authority

    def browser(self):
        session = requests.Session()
        session.verify = str(self.authority)
        session.trust_env = False  # a bundle named there would count more
        return session


@pytest.fixture(params=["nginx", "haproxy", "caddy"])
def installation(request, tmp_path):
    port, _ = free_ports()
    by, issuer = certificate(tmp_path), f"https://localhost:{port}"
    with postgres_server() as server:
        url = f"postgresql://postgres@/postgres?host={server}"
        environ = {"IDP_DATABASE_URL": url, **TRIES}
        with nodes(tmp_path, issuer=issuer, environ=environ) as made:
            made[0].run(
                *("clients", "create", "App", "--client-id", "app", "--public"),
                *("--redirect-uri", CALLBACK, "--scope", "openid", "--first-party"),
            )
            to = [node.port for node in made]
            with proxy(request.param, port, to=to, folder=tmp_path, by=by):
                yield Installation(issuer, made, by.authority)


def sign_in(there, browser):
    """Sign the admin in by the page."""
    page = browser.get(f"{there.url}/login", timeout=30)
    form = {
        "csrf_token": re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1],
        "username": "admin@example.com",
        "password": "nine quiet otters by the lake",
    }
    answer = browser.post(
        f"{there.url}/login", data=form, allow_redirects=False, timeout=30
    )
    assert answer.status_code == 303, answer.status_code


def redeemed(there, browser, *, state):
    """Have the app given a code, and return its tokens; the state comes back whole."""
    asked = {
        "client_id": "app",
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid",
        "state": state,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    url = f"{there.url}/oauth2/authorize"
    answer = browser.get(url, params=asked, allow_redirects=False, timeout=30)
    assert answer.status_code in {302, 303}, answer.status_code
    if answer.headers["Location"].startswith(there.url):
        page = browser.get(answer.headers["Location"], timeout=30)
        raise AssertionError(page.text)
    sent = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert sent["state"] == [state]
    form = {
        "grant_type": "authorization_code",
        "client_id": "app",
        "code": sent["code"][0],
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    given = browser.post(f"{there.url}/oauth2/token", data=form, timeout=30)
    assert given.status_code == 200, given.text
    return given.json()


def test_a_client_signs_in_with_a_long_state_and_addresses_are_told(installation):
    browser = installation.browser()
    sign_in(installation, browser)
    assert redeemed(installation, browser, state=LONG_STATE)["id_token"]
    sessions = installation.nodes[0].run("audit", "search", "--json")
    assert "127.0.0.1" in sessions
    strange = requests.get(
        f"http://127.0.0.1:{installation.nodes[0].port}/login", timeout=30
    )
    assert strange.status_code == 421


def test_each_node_is_restarted_under_load_and_no_request_fails(installation):
    over, failed, made = threading.Event(), [], []

    def call(_number):
        browser = installation.browser()
        sign_in(installation, browser)
        while not over.is_set():
            try:
                redeemed(installation, browser, state="s")
                sign_in(installation, installation.browser())
            except (AssertionError, OSError) as problem:
                failed.append(repr(problem)[:300])
            made.append(1)

    with ThreadPoolExecutor(CALLERS) as callers:
        calling = callers.map(call, range(CALLERS))
        try:
            for node in installation.nodes:
                node.stop()
                before = len(made)
                node.start()
                threading.Event().wait(NOTICED_SECONDS)
                while len(made) < before + 3 * CALLERS:
                    threading.Event().wait(0.1)
        finally:
            over.set()
        list(calling)
    assert (failed, len(made) > 0) == ([], True)
