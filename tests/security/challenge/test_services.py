"""A service in place of our own challenge: its widget, its verdict, its absence."""

import json
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import parse_qs

import pytest

from idp.core.settings.declared import ConfigurationError
from idp.ops.configuration import configure
from idp.security.challenge.services import ChallengeService
from idp.security.challenge.settings import ChallengeSettings
from idp.security.outbound.client import Outbound
from tests.hosted_pages import read_page
from tests.issuer import ISSUER
from tests.make_users import PASSWORD
from tests.security.challenge.solving import ADA, LOGIN, answer_to, ask, challenge_in
from tests.security.outbound.peers import answering, peer

SITE = {
    "IDP_CHALLENGE": "always",
    "IDP_CHALLENGE_WORK": "2",
    "IDP_CHALLENGE_SITE_KEY": "site-key",
    "IDP_CHALLENGE_SECRET": "the secret",
}
GOOD = {"success": True, "action": "sign_in"}
NOT_GOOD = {"success": False, "error-codes": ["invalid-input-response"]}


@pytest.fixture
def environ():
    return {**SITE, "IDP_CHALLENGE_SERVICE": "turnstile"}


@pytest.fixture
def service(app):
    """Put a service on loopback in the place of the real one, with one verdict."""

    @contextmanager
    def serve(verdict, status="200 OK"):
        body = verdict if isinstance(verdict, bytes) else json.dumps(verdict).encode()
        services = app.extensions["idp"]
        with peer(answering(body, status)) as server:
            url = f"http://127.0.0.1:{server.port}/siteverify"
            settings = replace(services[ChallengeSettings], challenge_verify_url=url)
            services[ChallengeService] = ChallengeService(
                settings, Outbound(allow_loopback=True)
            )
            yield server

    return serve


def sent(http, answer, **how):
    return ask(http, body={**LOGIN, "challenge": answer}, **how)


def form_of(request):
    body = request.partition(b"\r\n\r\n")[2].decode()
    return {name: value for name, [value] in parse_qs(body).items()}


def test_a_good_verdict_admits_once(http, ada, service):
    with service(GOOD) as server:
        asked = challenge_in(ask(http))
        assert asked == {
            "type": "turnstile",
            "site_key": "site-key",
            "action": "sign_in",
        }
        assert sent(http, "token", ip="192.0.2.7").status_code == 200
        assert form_of(server.requests[-1]) == {
            "secret": "the secret",
            "response": "token",
            "remoteip": "192.0.2.7",
        }
        assert challenge_in(sent(http, "token"))["type"] == "turnstile"


@pytest.mark.parametrize(
    "verdict",
    [
        NOT_GOOD,
        {"success": True, "action": "sign_up"},
        {"success": True},
        {"success": False, "error-codes": ["timeout-or-duplicate"]},
    ],
)
def test_any_other_verdict_refuses_with_its_widget_again(http, ada, service, verdict):
    with service(verdict):
        assert challenge_in(sent(http, "token"))["type"] == "turnstile"


@pytest.mark.parametrize(
    "trouble",
    [
        (GOOD, "302 Elsewhere"),
        (b"", "503 Away"),
        (b"<html>", "200 OK"),
        (b"[true]", "200 OK"),
        ({"success": "yes"}, "200 OK"),
        ({"success": False, "error-codes": ["invalid-input-secret"]}, "200 OK"),
    ],
)
@pytest.mark.usefixtures("ada")
def test_while_it_is_away_our_own_takes_its_place(
    http, service, trouble, clock, caplog
):
    caplog.set_level("INFO")
    with service(*trouble) as server:
        asked = challenge_in(sent(http, "token"))
        assert sent(http, answer_to(asked)).status_code == 200
        assert len(server.requests) == 1
        clock.tick(seconds=31)
        assert challenge_in(sent(http, answer_to(asked)))["type"] == "proof_of_work"
        assert len(server.requests) == 2
    assert "challenge.service.away" in caplog.text
    assert "the secret" not in caplog.text


def test_who_brings_no_answer_finds_out_that_it_is_away(http, ada, service):
    with service(b"", "503 Away") as server:
        for _call in range(2):
            assert challenge_in(ask(http))["type"] == "proof_of_work"
        assert len(server.requests) == 1


def test_one_that_is_there_is_asked_so_twice_a_minute(http, ada, service, clock):
    with service(NOT_GOOD) as server:
        for _call in range(3):
            assert challenge_in(ask(http))["type"] == "turnstile"
        assert len(server.requests) == 1
        clock.tick(seconds=31)
        ask(http)
        assert len(server.requests) == 2


def test_an_answer_to_our_own_still_counts_when_it_is_back(http, ada, service, clock):
    with service(b"", "503 Away"):
        answer = answer_to(challenge_in(ask(http)))
    with service(NOT_GOOD) as server:
        assert sent(http, answer).status_code == 200
        assert server.requests == []


def test_the_page_shows_its_widget_and_allows_it_alone(browser, ada, service):
    with service(GOOD):
        browser.open("/login")
        page, policy = browser.response.text, policy_of(browser)
        assert 'class="cf-turnstile" data-sitekey="site-key"' in page
        assert "data-challenge" not in page
        origin = "https://challenges.cloudflare.com"
        for name in ("script", "style", "connect"):
            assert f"{name}-src 'self' {origin};" in policy
        assert f"frame-src {origin};" in policy
        answer = {"cf-turnstile-response": "token"}
        browser.submit(username=ADA, password=PASSWORD, **answer)
        assert browser.response.request.path == "/account"


def test_the_page_is_as_ever_while_it_is_away(browser, ada, service):
    with service(b"", "503 Away"):
        browser.open("/login")
        browser.submit(username=ADA, password="a wrong one")
        assert "data-challenge" in browser.response.text
        assert "cloudflare" not in browser.response.text + policy_of(browser)


def test_pages_without_its_widget_are_as_ever(browser, ada):
    browser.open("/language")
    assert "cloudflare" not in browser.response.text + policy_of(browser)


def policy_of(browser):
    assert read_page(browser.response)
    return browser.response.headers["Content-Security-Policy"]


class TestAnother:
    @pytest.fixture
    def environ(self):
        return {
            **SITE,
            "IDP_CHALLENGE_SERVICE": "hcaptcha",
            "IDP_CHALLENGE_SCRIPT_URL": "https://robots.example:8443/api.js?v=1",
        }

    def test_its_script_comes_from_where_settings_say(self, browser, ada):
        browser.open("/register")
        assert 'class="h-captcha"' in browser.response.text
        assert 'src="https://robots.example:8443/api.js?v=1"' in browser.response.text
        policy = policy_of(browser)
        assert (
            "script-src 'self' https://robots.example:8443 https://hcaptcha" in policy
        )

    def test_its_verdict_needs_no_act(self, http, ada, service):
        with service({"success": True}):
            assert sent(http, "token").status_code == 200


@pytest.mark.parametrize("left_out", ["SITE_KEY", "SECRET"])
def test_a_service_without_keys_does_not_start(left_out):
    values = {
        "IDP_ISSUER": ISSUER,
        "IDP_SECRET_KEY": "x" * 40,
        "IDP_MAIL_URL": "smtp://localhost",
        **SITE,
        "IDP_CHALLENGE_SERVICE": "hcaptcha",
    }
    configure(values)
    del values[f"IDP_CHALLENGE_{left_out}"]
    with pytest.raises(ConfigurationError, match=f"IDP_CHALLENGE_{left_out}"):
        configure(values)


@pytest.mark.parametrize(
    "url", ["http://robots.example/api.js", "https://a.example/;x", "https://"]
)
def test_a_url_that_cannot_stand_in_a_policy_does_not_start(url):
    values = {"IDP_CHALLENGE_SCRIPT_URL": url, "IDP_ISSUER": ISSUER}
    with pytest.raises(ConfigurationError, match="IDP_CHALLENGE_SCRIPT_URL"):
        configure(values)
