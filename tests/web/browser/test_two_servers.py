"""Two development servers on one host: they share cookies, which ignore ports."""

from contextlib import ExitStack
from urllib.parse import urlencode

import pytest

from idp.core.db import db
from idp.core.settings.server import ServerSettings
from idp.oauth.keys.rotation import ensure_keys
from idp.ops.configuration import configure
from idp.web.browser.cookies import CookieNames
from tests.api.callers import cookies_set
from tests.factories import Make
from tests.hosted_pages import read_page
from tests.rp import Attempt

ISSUERS = ("http://localhost:8000", "http://localhost:8001")


@pytest.fixture
def servers(kept_apps, databases, tmp_path):
    """Return a client of each server; both have one jar, as in one browser."""
    with ExitStack() as open_:
        clients = []
        for issuer in ISSUERS:
            settings = {
                "IDP_ENVIRONMENT": "development",
                "IDP_ISSUER": issuer,
                "IDP_LISTEN": issuer.removeprefix("http://"),
                "IDP_DATABASE_URL": open_.enter_context(databases.fresh()),
                "IDP_DATA_DIR": str(tmp_path / issuer[-4:]),
                "IDP_SECRET_KEY": issuer + "x" * 32,
                "IDP_ARGON2_MEMORY_KIB": "8",
                "IDP_ARGON2_ITERATIONS": "1",
            }
            lent = kept_apps.lend(configure(settings), folder=tmp_path)
            app = open_.enter_context(lent)
            with app.app_context():
                ensure_keys("ES256")
                db.session.commit()
            clients.append(app.test_client())
        clients[1]._cookies = clients[0]._cookies
        yield tuple(clients)


class Tab:
    """A tab of the browser, at one of the servers."""

    def __init__(self, client, issuer):
        self.client, self.issuer = client, issuer

    def open(self, path):
        return self.follow(self._send("GET", path))

    def sign_in(self, person):
        form = next(f for f in read_page(self.shown).forms if f.action == "/login")
        typed = {"username": person.username, "password": person.password}
        return self.follow(
            self._send("POST", form.action, data=dict(form.fields) | typed)
        )

    def follow(self, answer):
        while answer.status_code in (302, 303) and answer.location.startswith("/"):
            answer = self._send("GET", answer.location)
        self.shown = answer
        return answer

    def _send(self, method, path, **sent):
        headers = {"Origin": self.issuer, "Accept": "text/html"}
        return self.client.open(
            path, method=method, base_url=self.issuer, headers=headers, **sent
        )


def authorization_path(client):
    asked = {
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uri,
        "response_type": "code",
        "scope": "openid",
        "code_challenge": Attempt().challenge,
        "code_challenge_method": "S256",
    }
    return f"/oauth2/authorize?{urlencode(asked)}"


def test_signing_in_at_one_server_leaves_what_waits_at_the_other(servers):
    made = [Make(client.application) for client in servers]
    first, second = (
        Tab(client, issuer) for client, issuer in zip(servers, ISSUERS, strict=True)
    )
    app = made[0].clients.client(first_party=True)
    person, other = (each.users.account() for each in made)
    first.open(authorization_path(app))
    second.open("/login")
    assert second.sign_in(other).status_code == 200
    arrived = first.sign_in(person)
    assert arrived.status_code == 302, read_page(arrived).text
    assert arrived.location.startswith(app.redirect_uri)
    assert other.email in second.open("/account").text
    assert person.email in first.open("/account").text


def test_scripts_of_two_servers_have_refresh_tokens_of_their_own(servers):
    names = []
    for client, issuer in zip(servers, ISSUERS, strict=True):
        person = Make(client.application).users.account()
        typed = {"login": person.email, "password": person.password}
        headers = {"X-CSRF-Token": csrf_of(client, issuer), "Origin": issuer}
        answer = client.post(
            "/auth/login",
            json=typed | {"cookies": True},
            base_url=issuer,
            headers=headers,
        )
        assert answer.status_code == 200, answer.text
        names += [name for name, value in cookies_set(answer).items() if value]
    assert {"refresh_token-8000", "refresh_token-8001"} <= set(names)


def csrf_of(client, issuer):
    answer = client.get("/auth/csrf/token", base_url=issuer)
    return answer.json["token"]


@pytest.mark.parametrize(
    ("issuer", "session"),
    [
        ("https://login.example.com", "__Host-idp"),
        ("https://login.example.com:8443", "__Host-idp"),
        ("http://idp.internal:8000", "idp"),
        ("http://localhost", "idp"),
        ("http://localhost:8000", "idp-8000"),
        ("http://[::1]:8000", "idp-8000"),
        ("https://localhost:8443", "__Host-idp-8443"),
    ],
)
def test_names_carry_the_port_of_a_loopback_issuer_alone(issuer, session):
    server = ServerSettings(issuer=issuer)
    names = CookieNames.of(secure=server.secure, suffix=server.cookie_suffix)
    assert names.session == session
    assert names.pre_session == f"{session}-pre"
