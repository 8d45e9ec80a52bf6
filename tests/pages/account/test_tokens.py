"""The pages of personal access tokens."""

import re

import pytest

from idp.core.db import db
from idp.oauth.keys.rotation import ensure_keys
from tests.browsing import Browser
from tests.oauth.calls import introspect

PATH = "/account/tokens"
API = "https://files.example"
WORDS = "Make one for each script"


@pytest.fixture(autouse=True)
def keys(app):
    with app.app_context():
        ensure_keys("ES256")
        db.session.commit()


@pytest.fixture
def browser(app, http):
    return Browser(app)


@pytest.fixture
def ada(browser, make):
    return make.browsers.sign_in(browser.http, email="ada@example.com")


@pytest.fixture
def on(make):
    make.policies.decide(personal_access_tokens="on")


@pytest.fixture
def server(make):
    described = {"en": "Read files", "de": "Dateien lesen"}
    scopes = {"files:read": described, "files:write": {}}
    make.clients.api(API, name="Files", scopes=scopes)
    return make.clients.machine_client(owned_resources=[API])


def shown_token(browser) -> str:
    return re.search(r"idpt_[\w-]{43}", browser.text)[0]


def test_where_they_are_off_nothing_leads_there_and_the_page_says_so(browser, ada):
    browser.open("/account")
    assert f'href="{PATH}"' not in browser.response.text
    browser.open(PATH)
    assert "switched off here" in browser.text
    assert f"{PATH}/new" not in browser.response.text
    assert browser.open(f"{PATH}/new").request.path == PATH


def test_without_an_api_there_is_nothing_to_make_one_for(browser, ada, on):
    browser.open(PATH)
    assert "no API here yet" in browser.text
    browser.open(f"{PATH}/new")
    assert "no API here yet" in browser.text


def test_one_is_made_shown_once_and_revoked(browser, ada, on, http, server):
    browser.open(PATH)
    assert WORDS in browser.text
    browser.open(f"{PATH}/new")
    assert "Read files" in browser.text
    browser.submit(f"{PATH}/new", name="Backup", days="30", scope="files:read")
    token = shown_token(browser)
    browser.open(browser.response.request.path)
    assert token not in browser.response.text
    assert introspect(http, server, token).json["scope"] == "files:read"
    browser.open(PATH)
    assert "Backup" in browser.text
    assert "Read files" in browser.text
    assert "Never used" not in browser.text
    assert token not in browser.response.text
    browser.submit(browser.page.forms[0].action)
    assert "That token is revoked" in browser.text
    assert introspect(http, server, token).json == {"active": False}


def test_mistakes_come_back_beside_their_fields(browser, ada, on, server):
    browser.open(f"{PATH}/new")
    browser.submit(f"{PATH}/new", name=" ")
    assert "Give it a name to tell it by." in browser.text
    assert "Choose what it may do." in browser.text


def test_of_several_apis_one_is_chosen_first(browser, ada, on, server, make):
    make.clients.api("https://mail.example", "mail", name="Mail")
    browser.open(f"{PATH}/new")
    assert "Which API is it for?" in browser.text
    browser.open(f"{PATH}/new?resource={API}")
    assert "It acts for you at Files" in browser.text
    browser.open(f"{PATH}/new?resource=https://none.example")
    assert "There is no such API." in browser.text


def test_who_signed_in_long_ago_confirms_and_finds_the_form_again(
    browser, ada, on, server, clock
):
    browser.open(f"{PATH}/new")
    clock.tick(minutes=11)
    browser.submit(f"{PATH}/new", name="Backup", days="7", scope="files:read")
    assert browser.response.request.path == "/account/confirm"
    browser.submit("/account/confirm", password=ada.person.password)
    assert "Nothing is saved yet" in browser.text
    form = next(f for f in browser.page.forms if f.action == f"{PATH}/new")
    assert dict(form.fields)["name"] == "Backup"
    box = re.search(r"<input[^>]*files:read[^>]*>", browser.response.text)[0]
    assert "checked" in box


def test_the_words_of_an_api_are_in_the_language_of_the_page(browser, ada, on, server):
    browser.http.set_cookie("idp-lang", "de", domain="idp.example", secure=True)
    browser.open(f"{PATH}/new")
    assert "Dateien lesen" in browser.text
    assert "Token erstellen" in browser.text
