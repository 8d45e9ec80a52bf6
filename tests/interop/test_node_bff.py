"""node-oidc-provider as the issuer of an app behind idp-rp, in Chromium."""

import time

import pytest
from flask import Flask, jsonify, request
from playwright.sync_api import expect

from idp_rp import Api, Bff, BffSettings
from idp_rp.flask import bff_blueprint
from idp_rp.sessions.stores.memory import MemoryStore
from tests.interop.node import CLIENT_ID, SECRET, Upstream, sign_in_there
from tests.serving import free_ports
from tests.sites import Site

CALL = """(path) => fetch('/bff' + path, {headers: {'X-BFF': '1'}})
  .then(async (answer) => [answer.status, await answer.json()])"""


@pytest.fixture
def app():
    """The app's site, and an API that says by what token it was called."""
    page, api = Site(), Site()
    api.app.add_url_rule(
        "/a", view_func=lambda: jsonify(request.headers["Authorization"])
    )
    yield page, api
    page.close()
    api.close()


@pytest.fixture
def issuer(installed, app):
    """The provider, which knows the app."""
    page, api = app
    upstream = Upstream(free_ports()[0], back_to=f"{page.url}/bff/callback")
    upstream.environ["APP"] = page.url
    settings = BffSettings(
        issuer=upstream.issuer,
        client_id=CLIENT_ID,
        client_secret=SECRET,
        base_url=page.url,
        keys=["k" * 32],
        scope="openid profile",
        apis={"api": Api(api.url)},
    )
    bff = Bff(settings, store=MemoryStore())
    page.app = Flask(__name__)
    page.app.register_blueprint(bff_blueprint(bff))
    page.app.add_url_rule("/", "page", lambda: "<!doctype html><title>App</title>")
    with upstream.running():
        yield upstream.issuer
    bff.close()


def wait_until(done):
    """Try for ten seconds: what other processes do takes them some time."""
    give_up_at = time.monotonic() + 10
    while not done():
        assert time.monotonic() < give_up_at


def test_sign_in_refresh_and_both_kinds_of_sign_out(issuer, app, chromium):
    url = app[0].url
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{url}/bff/login")
        sign_in_there(page, "ada")
        expect(page).to_have_url(f"{url}/")
        status, user = page.evaluate(CALL, "/user")
        assert (status, user["sub"], user["name"]) == (200, "ada", "Name of ada")
        status, token = page.evaluate(CALL, "/api/api/a")
        assert status == 200
        wait_until(lambda: page.evaluate(CALL, "/api/api/a")[1] != token)
        there = context.new_page()
        there.goto(f"{issuer}/session/end")
        there.get_by_role("button", name="Yes, sign me out").click()
        wait_until(lambda: page.evaluate(CALL, "/user")[0] == 401)
        page.goto(f"{url}/bff/login")
        sign_in_there(page, "ada")
        expect(page).to_have_url(f"{url}/")
        out = "() => fetch('/bff/logout', {method: 'POST', headers: {'X-BFF': '1'}})"
        away = page.evaluate(f"({out})().then(a => a.json())")["logout_url"]
        page.goto(f"{url}{away}")
        page.get_by_role("button", name="Yes, sign me out").click()
        expect(page).to_have_url(f"{url}/")
        assert page.evaluate(CALL, "/user")[0] == 401
