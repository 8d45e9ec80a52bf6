"""This server as the provider of another one: both speak the same protocols."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.serving import make_server
from werkzeug.test import Client

from idp.ops.configuration import configure
from idp.security.outbound.client import Outbound
from tests.factories import Make
from tests.hosted_pages import read_page


@dataclass
class SecondInstance:
    """Another server of ours, on loopback."""

    app: Flask
    make: Make
    issuer: str


@pytest.fixture
def second(kept_apps, databases, tmp_path) -> Iterator[SecondInstance]:
    """A server with a database of its own, that answers on a port."""
    folder = tmp_path / "second"
    folder.mkdir()
    apps: list[Flask] = []

    def answer(*asked):
        return apps[0](*asked)

    server = make_server("127.0.0.1", 0, answer)
    issuer = f"http://127.0.0.1:{server.server_port}"
    with databases.fresh() as url:
        app = kept_apps.make(
            configure(
                {
                    "IDP_ENVIRONMENT": "development",
                    "IDP_ISSUER": issuer,
                    "IDP_DATABASE_URL": url,
                    "IDP_DATA_DIR": str(folder),
                    "IDP_SECRET_KEY": "of-the-second-" + "y" * 32,
                    "IDP_MAIL_URL": f"file://{folder}/mail.jsonl",
                    "IDP_ARGON2_MEMORY_KIB": "8",
                    "IDP_ARGON2_ITERATIONS": "1",
                    "IDP_WORKERS": "1",
                }
            )
        )
        apps.append(app)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield SecondInstance(app, Make(app), issuer)
        server.shutdown()
        server.server_close()
        thread.join()


def sign_in_there(second: SecondInstance, url: str, account) -> str:
    """Sign in on the pages of the other server; return where it leads back."""
    assert url.startswith(f"{second.issuer}/oauth2/authorize?")
    browser = Client(second.app)
    answer = browser.get(url.removeprefix(second.issuer), base_url=second.issuer)
    while not answer.location or answer.location.startswith("/"):
        if answer.location:
            answer = browser.get(answer.location, base_url=second.issuer)
            continue
        form = read_page(answer).forms[0]
        typed = {"username": account.email, "password": account.password}
        answer = browser.post(
            form.action,
            data=dict(form.fields) | typed,
            base_url=second.issuer,
            headers={"Origin": second.issuer},
        )
    return answer.location


def test_people_sign_in_through_a_second_instance(app, make, browser, second):
    app.extensions["idp"][Outbound] = Outbound(allow_loopback=True)
    client = second.make.clients.client(
        redirect_uris=["https://idp.example/oauth2/callback/second"],
        first_party=True,
        grant_types=["authorization_code"],
    )
    there = second.make.users.account("ada@example.com", name="Ada")
    make.providers.provider(
        "second",
        name="Second",
        issuer=second.issuer,
        client_id=client.client_id,
        secret=client.client_secret,
        trust_email=True,
    )
    browser.open("/login?return_to=/account/profile")
    away = browser.send("/login/provider", provider="second").location
    back = urlsplit(sign_in_there(second, away, there))
    browser.open(f"{back.path}?{back.query}")
    assert "Signed in as ada@example.com" in browser.text
    me = browser.http.get("/auth/me").json
    assert me["user"]["email"] == "ada@example.com"
    assert me["user"]["email_verified"] is True
    assert me["user"]["name"] == "Ada"
    assert me["credentials"]["providers"] == ["Second"]
