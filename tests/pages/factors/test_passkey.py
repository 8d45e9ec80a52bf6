"""The second factor on its page: a passkey or a security key, which takes a script."""

import json
import re
from urllib.parse import urlsplit

import pytest

from idp.core.db import db
from idp.oauth.keys.rotation import ensure_keys
from tests.api.callers import Program
from tests.authenticator import Authenticator, add_passkey
from tests.authenticator_app import set_up_app
from tests.hosted_pages import press
from tests.make_users import PASSWORD
from tests.pages.passkeys import ask, field_of
from tests.rp import RelyingParty

PATH = "/login/second-factor"


@pytest.fixture
def ada(make):
    return make.users.account()


@pytest.fixture
def owner(app, http, ada):
    """A program that ada is signed in with."""
    with app.app_context():
        ensure_keys("ES256")
        db.session.commit()
    program = Program(app.test_client(use_cookies=False))
    program.sign_in(ada)
    return program


def give_password(http, account, *, page=None):
    page = page or http.get("/login")
    return press(http, page, username=account.email, password=PASSWORD)


def show(http, answer, key, **more):
    page = http.get(answer.location)
    token = field_of(page)
    asked = ask(http, token, path=f"{PATH}/options")
    shown = json.dumps(key.get(asked["options"]))
    query = urlsplit(answer.location).query
    form = {"csrf_token": token, "credential": shown} | more
    return http.post(f"{PATH}/passkey?{query}", data=form)


def test_a_security_key_finishes_the_sign_in(http, owner, ada):
    key = add_passkey(owner, second_step=True, verifies=False)
    answer = give_password(http, ada)
    assert urlsplit(answer.location).path == PATH
    page = http.get(answer.location)
    assert "Use your passkey or security key" in page.text
    assert "recovery code" in page.text
    assert show(http, answer, key).location == "/account"
    assert http.get("/account").status_code == 200


def test_a_wrong_one_is_told_and_the_sign_in_waits(http, owner, ada):
    key = add_passkey(owner, second_step=True)
    answer = give_password(http, ada)
    refused = show(http, answer, Authenticator())
    assert "No passkey was used. Try again or use another way." in refused.text
    assert http.get("/account").status_code == 303
    assert show(http, answer, key).location == "/account"


def test_where_none_is_due_nothing_is_asked_for(http, make, ada):
    make.factors.totp(ada)
    page = http.get(give_password(http, ada).location)
    headers = {"X-CSRF-Token": field_of(page)}
    assert http.post(f"{PATH}/options", headers=headers).status_code == 409
    form = {"csrf_token": field_of(page), "credential": "{}"}
    told = http.post(f"{PATH}/passkey", data=form)
    assert "No passkey was used." in told.text


def test_a_code_in_place_of_a_passkey_is_none(http, owner, ada):
    add_passkey(owner, second_step=True)
    page = http.get(give_password(http, ada).location)
    form = {"csrf_token": field_of(page), "method": "passkey", "code": "123456"}
    assert "Use your passkey" in http.post(PATH, data=form).text


def test_an_app_that_asks_for_more_gets_it(http, owner, ada, make):
    key = add_passkey(owner)
    rp = RelyingParty(http, make.clients.own_app(scope="openid"))
    http.get("/login")
    give_password(http, ada)  # signed in: a passkey does not ask
    assert http.get("/account").status_code == 200
    page = rp.reach(acr_values="phr")
    assert page.request.path == PATH
    query, token = page.request.query_string.decode(), field_of(page)
    asked = ask(http, token, path=f"{PATH}/options?{query}")
    shown = json.dumps(key.get(asked["options"]))
    form = {"csrf_token": token, "ticket": asked["ticket"], "credential": shown}
    on = http.post(f"{PATH}/passkey?{query}", data=form)
    fields = rp.checked(http.get(on.location))
    claims = rp.verified(rp.redeem(fields["code"]).json["id_token"])
    assert claims["acr"] == "phr"


def test_an_app_that_asks_for_phr_has_the_passkey_asked_first_and_once(
    http, owner, ada, make
):
    set_up_app(owner)
    key = add_passkey(owner)
    rp = RelyingParty(http, make.clients.own_app(scope="openid"))
    answer = give_password(http, ada, page=rp.reach(acr_values="phr"))
    page = http.get(answer.location)
    assert re.search(r"<h1[^>]*>Use your passkey or security key", page.text)
    on = show(http, answer, key)
    fields = rp.checked(http.get(on.location))
    claims = rp.verified(rp.redeem(fields["code"]).json["id_token"])
    assert claims["acr"] == "phr"
