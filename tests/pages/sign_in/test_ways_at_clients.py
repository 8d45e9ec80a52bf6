"""The ways in that a client allows: its sign-in page shows and takes no other."""

import json

import pytest

from tests.hosted_pages import follow, press, read_page
from tests.make_users import PASSWORD
from tests.pages.passkeys import add, ask, field_of
from tests.rp import RelyingParty


@pytest.fixture
def client(make):
    return make.clients.spa(first_party=True)


@pytest.fixture
def app_page(browser, client):
    """Open the sign-in page for the app."""

    def reach():
        browser.response = RelyingParty(browser.http, client).reach()
        assert browser.response.request.path == "/login"
        return browser.response

    return reach


def send_by_hand(browser, path, **typed):
    """Send a form that the page does not show."""
    page = browser.response
    fields = {"csrf_token": field_of(browser.http.get("/login"))} | typed
    waits = (
        next(f for f in read_page(page).forms).fields if read_page(page).forms else ()
    )
    return browser.http.post(path, data=dict(waits) | fields)


def test_a_password_is_refused_where_the_client_takes_passkeys_alone(
    browser, app_page, client, make, statements
):
    ada = make.users.account()
    make.policies.decide("client", client.client_id, sign_in_methods=["passkey"])
    page = app_page()
    assert "Use a passkey." in browser.text
    assert 'name="password"' not in page.text
    # which providers there are, and domains of organizations, is kept from now
    send_by_hand(browser, "/login", username=ada.email, password=ada.password)
    asked = set()
    for login, password in (
        (ada.email, ada.password),
        (ada.email, "a wrong password"),
        ("nobody@example.com", ada.password),
    ):
        with statements() as seen:
            answer = send_by_hand(browser, "/login", username=login, password=password)
        assert answer.status_code == 200
        assert "can’t sign in here with a password. Use a passkey." in answer.text
        asked.add(tuple(seen))
    assert len(asked) == 1
    assert browser.cookie() is None


def test_a_password_is_taken_without_the_client(browser, client, make):
    ada = make.users.account()
    make.policies.decide("client", client.client_id, sign_in_methods=["passkey"])
    browser.sign_in(ada.email, PASSWORD)
    assert browser.response.request.path == "/account"


def test_a_passkey_is_refused_where_the_client_takes_none(
    browser, app_page, client, make
):
    make.browsers.sign_in(browser.http)
    key = add(browser.http)
    browser.http.delete_cookie("__Host-idp", domain="idp.example")
    make.policies.decide("client", client.client_id, sign_in_methods=["password"])
    page = app_page()
    assert "data-passkey" not in page.text
    asked = ask(browser.http, field_of(page), path="/login/passkey/options")
    shown = json.dumps(key.get(asked["options"]))
    answer = send_by_hand(
        browser, "/login/passkey", ticket=asked["ticket"], credential=shown
    )
    assert answer.status_code == 200
    assert "can’t sign in here with a passkey." in answer.text
    assert browser.cookie() is None


def test_no_account_is_made_with_a_passkey_where_the_client_takes_none(
    browser, app_page, client, make
):
    app_page()
    browser.open(next(link for link in browser.page.links if "/register" in link))
    assert "/register/passkey" in browser.response.text
    make.policies.decide("client", client.client_id, sign_in_methods=["password"])
    app_page()
    browser.open(next(link for link in browser.page.links if "/register" in link))
    assert "/register/passkey" not in browser.response.text
    for path in ("/register/passkey/options", "/register/passkey"):
        answer = send_by_hand(browser, path, email="ada@example.com")
        assert (answer.status_code, answer.json["code"]) == (403, "method_not_allowed")


def test_what_is_wrong_with_a_passkey_is_said_where_there_is_no_password(
    browser, app_page, client, make
):
    make.policies.decide("client", client.client_id, sign_in_methods=["passkey"])
    app_page()
    answer = send_by_hand(browser, "/login/passkey", ticket="x", credential="{}")
    assert "No passkey was used. Try again" in read_page(answer).text


def test_the_other_way_goes_on_to_the_client(browser, app_page, client, make):
    ada = make.users.account()
    make.policies.decide("client", client.client_id, sign_in_methods=["password"])
    page = app_page()
    answer = press(browser.http, page, username=ada.email, password=ada.password)
    assert follow(browser.http, answer).location.startswith(client.redirect_uri)
