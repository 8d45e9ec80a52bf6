"""Confirming who one is on a page, by the best that one has."""

import json
import re
from urllib.parse import urlsplit

import pytest

from tests.api.callers import Spa
from tests.authenticator import add_passkey
from tests.authenticator_app import set_up_app

PATH = "/account/confirm"
NEW = "a much longer one, quietly"


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


@pytest.fixture
def signed_in(browser, ada):
    browser.sign_in(ada.email, ada.password)
    return browser


@pytest.fixture
def phone(signed_in, clock):
    """Ada's authenticator app, that she set up eleven minutes ago."""
    app = set_up_app(Spa(signed_in.http))
    clock.tick(minutes=11)
    return app


@pytest.fixture
def key(signed_in, ada, clock, make):
    """Ada's passkey, added eleven minutes ago."""
    added = add_passkey(Spa(signed_in.http))
    make.users.enrol(ada, "passkey")
    clock.tick(minutes=11)
    return added


def ask_for_another_address(browser):
    browser.open("/account/email")
    browser.submit("/account/email", new_email="new@example.com")


def is_back(browser, make):
    browser.submit("/account/email")
    return make.records.mail_to("new@example.com").kind == "email_change_confirm"


def test_who_has_an_authenticator_app_gives_its_code(signed_in, phone, make):
    ask_for_another_address(signed_in)
    assert "Enter the code from your authenticator app to go on." in signed_in.text
    assert make.records.mails_to("new@example.com") == []
    signed_in.submit(code=phone.wrong())
    assert "Codes change every 30 seconds" in signed_in.text
    signed_in.submit(code=phone.code())
    assert is_back(signed_in, make)


def test_the_password_is_not_asked_for_and_not_taken(signed_in, ada, phone, make):
    signed_in.open(PATH)
    [form] = signed_in.page.forms
    assert "password" not in dict(form.fields)
    data = dict(form.fields) | {"method": "password", "password": ada.password}
    answer = signed_in.http.post(PATH, data=data, headers={"Accept": "text/html"})
    assert "Enter the code." in answer.text
    ask_for_another_address(signed_in)
    assert make.records.mails_to("new@example.com") == []


def test_a_recovery_code_is_another_way_which_leads_back_too(signed_in, phone, make):
    ask_for_another_address(signed_in)
    [other] = [link for link in signed_in.page.links if "recovery_code" in link]
    signed_in.open(other)
    signed_in.submit(code="AAAAA-AAAAA")
    assert "Each recovery code works once." in signed_in.text
    signed_in.submit(code=phone.recovery_codes[0].lower())
    assert is_back(signed_in, make)


def test_too_many_wrong_codes_have_one_wait_and_show_the_other_way(signed_in, phone):
    signed_in.open(PATH)
    for _ in range(5):
        signed_in.submit(code=phone.wrong())
    signed_in.submit(code=phone.code())
    assert signed_in.response.status_code == 429
    assert "or use another way" in signed_in.text
    [other] = [link for link in signed_in.page.links if "recovery_code" in link]
    signed_in.open(other)
    signed_in.submit(code=phone.recovery_codes[0])
    assert urlsplit(signed_in.response.request.url).path == "/account"


def prove(browser, key):
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', browser.response.text)
    headers = {"X-CSRF-Token": token[1]}
    asked = browser.http.post(f"{PATH}/passkey/options", headers=headers).json
    shown = json.dumps(key.get(asked["options"]))
    return browser.submit(PATH, ticket=asked["ticket"], credential=shown)


def test_who_has_a_passkey_uses_it(signed_in, key, make):
    ask_for_another_address(signed_in)
    assert "Use your passkey to go on." in signed_in.text
    signed_in.submit(PATH, credential="{")
    assert "No passkey was used. Try again or use another way." in signed_in.text
    prove(signed_in, key)
    assert is_back(signed_in, make)


def test_the_session_is_worth_more_afterwards(signed_in, ada, key, make):
    signed_in.open(PATH)
    before = signed_in.cookie()
    prove(signed_in, key)
    assert signed_in.cookie() != before
    session = Spa(signed_in.http).get("/api/auth").json["auth"]
    assert session["amr"] == ["hwk", "mfa", "pwd", "user"]


def test_a_new_password_is_set_after_the_second_factor(signed_in, ada, phone):
    signed_in.open("/account/password")
    assert signed_in.title.startswith("Confirm it’s you")
    signed_in.submit(code=phone.code())
    signed_in.submit("/account/password", current_password=ada.password, password=NEW)
    assert "Your password was changed." in signed_in.text


def test_so_is_one_that_has_to_be_changed(signed_in, ada, phone, make):
    make.users.hand_out_password(ada)
    signed_in.open("/account/data")
    assert signed_in.title.startswith("Confirm it’s you")
    signed_in.submit(code=phone.code())
    signed_in.submit("/account/password", current_password=ada.password, password=NEW)
    assert urlsplit(signed_in.response.request.url).path == "/account/data"


def test_a_proof_that_grew_old_while_the_new_password_was_typed_is_asked_for_again(
    signed_in, ada, phone, clock
):
    signed_in.open("/account/password")
    signed_in.submit(code=phone.code())
    clock.tick(minutes=11)
    signed_in.submit("/account/password", current_password=ada.password, password=NEW)
    assert signed_in.title.startswith("Confirm it’s you")
