"""Authlib's integration into Flask, as its documentation shows it."""

import pytest
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session

from tests.clients.seed import CALLBACK, SECRET

pytestmark = pytest.mark.processes


@pytest.fixture(params=["with secret/1", "posts", "public"])
def app(request, server):
    """A Flask app that signs people in by its registered client."""
    app = Flask("relying party")
    app.secret_key = "for this test only"
    public = request.param == "public"
    oauth = OAuth(app)
    oauth.register(
        "idp",
        client_id=request.param,
        client_secret=None if public else SECRET,
        server_metadata_url=f"{server.url}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile email",
            "code_challenge_method": "S256",
            **(METHODS.get(request.param, {})),
        },
    )

    @app.get("/login")
    def login():
        return oauth.idp.authorize_redirect(CALLBACK)

    @app.get("/callback")
    def callback():
        token = oauth.idp.authorize_access_token()
        session["user"] = token["userinfo"]
        session["token"] = {
            name: token[name] for name in ("access_token", "refresh_token")
        }
        return redirect("/")

    @app.get("/")
    def home():
        return {"user": session["user"], "token": session["token"]}

    app.extensions["idp"] = oauth.idp
    return app


METHODS = {
    "posts": {"token_endpoint_auth_method": "client_secret_post"},
    "public": {"token_endpoint_auth_method": "none"},
}


def sign_in(http, ada):
    back = ada.visit(http.get("/login").location)
    path = back.removeprefix(CALLBACK.removesuffix("/callback"))
    answer = http.get(path)
    assert answer.status_code == 302, answer.text
    return http.get("/").json


def test_a_person_signs_in_and_the_id_token_is_checked(app, ada):
    home = sign_in(app.test_client(), ada)
    assert home["user"]["sub"]
    assert home["user"]["nonce"]


def test_the_app_reads_refreshes_and_asks_again(app, ada):
    token = sign_in(app.test_client(), ada)["token"]
    idp = app.extensions["idp"]
    with app.test_request_context():
        told = idp.userinfo(token={**token, "token_type": "Bearer"})
        assert told["name"] == "Ada Lovelace"
        assert told["email"] == "ada@example.com"
        renewed = idp.fetch_access_token(
            grant_type="refresh_token", refresh_token=token["refresh_token"]
        )
        assert renewed["refresh_token"] != token["refresh_token"]
        assert idp.userinfo(token=renewed)["sub"] == told["sub"]


def test_a_second_sign_in_needs_no_form(app, ada):
    first = sign_in(app.test_client(), ada)
    login = app.test_client().get("/login")
    asked = ada.browser.get(login.location, allow_redirects=False)
    assert asked.headers["Location"].startswith(CALLBACK)
    assert first["user"]["sub"]
