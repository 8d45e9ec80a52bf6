"""The page of connected apps: what they may use, and how that is taken back."""

from urllib.parse import quote

import pytest

from idp.core.clock import utcnow
from idp.core.db import db
from idp.oauth.keys.rotation import ensure_keys
from idp.oauth.models import Client
from tests.browsing import Browser
from tests.hosted_pages import ORIGIN
from tests.oauth.calls import redeem, refresh, userinfo
from tests.rp import RelyingParty

PATH = "/account/apps"
SCOPE = "openid email offline_access"
NONE = "No apps use your account yet."


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


def person(signed_in):
    return signed_in.user_id, signed_in.session_id


def test_without_apps_the_page_says_so(browser, ada):
    browser.open(PATH)
    assert NONE in browser.text
    assert browser.page.forms == []


def test_an_app_is_shown_with_what_it_may_use(browser, make, ada):
    notes = make.clients.spa(client_name="<i>Notes", client_uri="https://notes.example")
    make.tokens.code(notes, person=person(ada), scope="openid email calendar:read")
    browser.open(PATH)
    for words in (
        "<i>Notes",
        "https://notes.example",
        "Know that it’s you",
        "See your email address",
        "Use “calendar:read”",
        "within 10 minutes",
    ):
        assert words in browser.text
    assert "<i>Notes" not in browser.response.text
    assert len(browser.page.forms) == 1


def test_an_app_of_our_own_with_the_whole_account_says_so(browser, make, ada):
    own = make.clients.own_app(scope="openid account")
    make.tokens.code(own, person=person(ada), scope="openid account")
    browser.open(PATH)
    assert "See and manage all of your account" in browser.text


def test_an_app_is_there_once_however_often_it_was_used(browser, make, ada):
    notes = make.clients.spa()
    make.clients.consent(ada.person, notes, "openid profile")
    for scope in ("openid", "openid", "openid email"):
        make.tokens.code(notes, person=person(ada), scope=scope)
    browser.open(PATH)
    assert len(browser.page.forms) == 1
    assert browser.text.count("See your name and profile") == 1


def test_what_was_allowed_once_is_shown_when_nothing_is_held_any_more(
    browser, make, ada
):
    make.clients.consent(ada.person, make.clients.spa(client_name="Notes"), "openid")
    browser.open(PATH)
    assert "Notes" in browser.text


def test_apps_of_other_people_are_not_shown(browser, make, ada):
    grace = make.users.account()
    make.clients.consent(grace, make.clients.spa(), "openid")
    make.tokens.code(make.clients.spa())
    assert NONE in read(browser)


def test_the_account_api_is_no_app(browser, make, ada):
    body = {"login": ada.person.email, "password": ada.person.password}
    assert browser.http.post("/auth/login", json=body | {"cookies": False}).json
    assert NONE in read(browser)


def test_the_app_used_last_is_the_first(browser, make, ada, clock):
    notes, tasks = (
        make.clients.spa(client_name="Notes"),
        make.clients.spa(client_name="Tasks"),
    )
    held = redeem(
        browser.http, make.tokens.code(notes, person=person(ada), scope=SCOPE)
    ).json
    clock.tick(minutes=5)
    make.tokens.code(tasks, person=person(ada), scope="openid")
    assert read(browser).index("Tasks") < read(browser).index("Notes")
    clock.tick(minutes=5)
    assert refresh(browser.http, notes, held["refresh_token"]).status_code == 200
    assert read(browser).index("Notes") < read(browser).index("Tasks")


def test_taking_access_away_ends_what_the_app_holds(browser, make, ada):
    notes, tasks = (
        make.clients.spa(client_name="Notes"),
        make.clients.spa(client_name="Tasks"),
    )
    held, kept = (
        redeem(
            browser.http, make.tokens.code(app, person=person(ada), scope=SCOPE)
        ).json
        for app in (notes, tasks)
    )
    browser.open(PATH)
    browser.submit(f"{PATH}/{notes.client_id}/revoke")
    assert "That app can’t use your account any more." in browser.text
    assert len(browser.page.forms) == 1
    assert userinfo(browser.http, held["access_token"]).status_code == 401
    assert refresh(browser.http, notes, held["refresh_token"]).status_code == 400
    assert userinfo(browser.http, kept["access_token"]).status_code == 200
    assert refresh(browser.http, tasks, kept["refresh_token"]).status_code == 200
    assert make.records.audited("consent.revoked") == [("ok", ada.user_id)]


def test_a_code_that_is_on_its_way_ends_too(browser, make, ada):
    notes = make.clients.spa()
    made = make.tokens.code(notes, person=person(ada), scope="openid")
    browser.open(PATH)
    browser.submit()
    assert redeem(browser.http, made).json["error"] == "invalid_grant"


def test_the_app_has_to_ask_again(browser, make, ada):
    notes = make.clients.spa(scope="openid")
    rp = RelyingParty(browser.http, notes)
    make.clients.consent(ada.person, notes, "openid")
    assert rp.reach().location
    browser.open(PATH)
    browser.submit()
    assert "wants to use your idp account" in rp.reach().text


def test_another_persons_access_stays(browser, make, ada):
    notes = make.clients.spa()
    held = redeem(browser.http, make.tokens.code(notes, scope=SCOPE)).json
    make.clients.consent(ada.person, notes, "openid")
    browser.open(PATH)
    browser.submit()
    assert refresh(browser.http, notes, held["refresh_token"]).status_code == 200


def test_an_id_of_any_spelling_has_its_button(browser, make, ada):
    odd = make.clients.spa(client_id="https://notes.example/a?b#c")
    make.clients.consent(ada.person, odd, "openid")
    browser.open(PATH)
    browser.submit()
    assert NONE in browser.text


def test_an_app_that_has_no_access_is_no_error(browser, make, ada):
    make.clients.consent(ada.person, make.clients.spa(), "openid")
    browser.open(PATH)
    token = dict(browser.page.forms[0].fields)
    for _ in range(2):
        answer = browser.http.post(
            f"{PATH}/unknown/revoke", data=token, headers={"Origin": ORIGIN}
        )
        assert answer.status_code == 303
    assert make.records.audited("consent.revoked") == []


def test_the_first_page_leads_here(browser, make, ada):
    make.tokens.code(make.clients.spa(), person=person(ada))
    browser.open("/account")
    assert browser.page.links.count(PATH) == 2


def test_apps_are_there_to_be_opened_before_anybody_used_them(
    browser, make, ada, statements
):
    """By a sign-in they begin (OIDC Core §4), else at their page."""
    make.clients.spa(client_name="Shop", client_uri="https://shop.example/")
    make.clients.spa(
        client_name="Wiki",
        client_uri="https://wiki.example",
        initiate_login_uri="https://wiki.example/login?from=idp",
    )
    make.clients.own_app(client_name="Own", scope="openid")
    make.clients.spa(client_name="Silent")
    make.clients.machine_client(client_name="Robot", client_uri="https://r.example")
    read(browser)  # what a process keeps is read once
    with statements() as few:
        text = read(browser)
    assert {"Shop", "Wiki", "Own"} <= set(text.split())
    assert {"Silent", "Robot", "API"}.isdisjoint(text.split())
    wiki = f"https://wiki.example/login?from=idp&iss={quote(ORIGIN, safe='')}"
    assert {"https://shop.example/", wiki} <= set(browser.page.links)
    make.clients.consent(
        ada.person, make.clients.spa(client_uri="https://n.example"), "openid"
    )
    assert "Notes" in read(browser)
    with statements() as many:
        read(browser)
    assert len(many) == len(few)
    browser.open(f"{PATH}?q=wI")
    assert "Wiki" in browser.text
    assert "Shop" not in browser.text


def test_only_what_one_may_use_is_there_to_be_opened(browser, make, ada):
    grace = make.users.account()
    for name, person_in in (("Mine", ada.person), ("Theirs", grace)):
        make.clients.spa(
            client_name=name,
            client_uri="https://x.example",
            access={"users": [person_in.email]},
        )
    off = make.clients.own_app(client_name="Off", scope="openid")
    with browser.http.application.app_context():
        db.session.get_one(Client, off.client_id).disabled_at = utcnow()
        db.session.commit()
    assert "Mine" in read(browser)
    assert {"Theirs", "Off"}.isdisjoint(browser.text.split())


def read(browser):
    browser.open(PATH)
    return browser.text
