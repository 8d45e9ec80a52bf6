"""The logout endpoint and its page, beyond what the specifications ask."""

from urllib.parse import urlencode

import pytest

from idp.core.db import db
from idp.oauth import jobs
from idp.oauth.clients.changes import disable_client
from idp.oauth.keys import rotation
from idp.oauth.models import PendingLogout, SigningKey
from idp.security.models import AuditEvent
from tests.browsing import Browser
from tests.oauth.signing_out import HOME, is_signed_in, logout, sign_in_at

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def client(make):
    return make.clients.client(
        client_name="Notes",
        post_logout_redirect_uris=[HOME],
        client_uri="https://app.example/",
    )


@pytest.fixture
def ada(http, make):
    return make.browsers.sign_in(http, email="ada@example.com")


@pytest.fixture
def hint(http, make, client, ada):
    return sign_in_at(http, make, client, person=ada.person)["id_token"]


@pytest.fixture
def tokens(http, make, client, ada):
    """What the app got when Ada signed in, to stay signed in for a month."""
    make.browsers.sign_in(http, person=ada.person, remember=True)
    return sign_in_at(http, make, client, person=ada.person)


@pytest.fixture
def browser(app, http):
    """Ada's browser, as she uses it."""
    made = Browser(app)
    made.http = http
    return made


def audited(app, event):
    with app.app_context():
        rows = db.session.query(AuditEvent).filter_by(event=event)
        return [(row.client_id, row.detail) for row in rows]


def test_the_page_names_the_person_and_the_apps(browser, http, make, client, hint):
    browser.follow(logout(http, client_id=client.client_id))
    assert "Notes asks to sign you out here too." in browser.text
    assert "You are signed in as ada@example.com" in browser.text
    assert "/account" in browser.page.links


def test_a_person_may_stay_signed_in(browser, http, client, hint):
    browser.follow(logout(http, client_id=client.client_id))
    browser.open("/account")
    assert is_signed_in(http)


def test_the_page_of_a_tab_that_comes_late_still_leads_to_the_app(
    browser, http, client, hint
):
    asked = {"client_id": client.client_id, "post_logout_redirect_uri": HOME}
    browser.follow(logout(http, **asked))
    left_open = browser.response
    logout(http, id_token_hint=hint)
    browser.response = left_open
    assert browser.submit().location == HOME


def test_when_signed_out_the_app_is_offered_as_a_way_back(browser, http, hint):
    browser.follow(logout(http, id_token_hint=hint))
    assert "You’re signed out" in browser.text
    assert "https://app.example/" in browser.page.links


def test_without_a_session_the_endpoint_says_so(browser):
    browser.open("/oauth2/logout")
    assert "You’re signed out" in browser.text


def test_the_sign_out_is_audited_with_the_app(app, http, client, ada, hint):
    logout(http, id_token_hint=hint)
    assert audited(app, "logout") == [
        (client.client_id, {"session_id": ada.session_id})
    ]


def test_a_refusal_is_audited_and_explained(app, http, browser, client, hint):
    wrong = "https://app.example/signed-in?secret=1"
    answer = logout(http, client_id=client.client_id, post_logout_redirect_uri=wrong)
    browser.follow(answer)
    assert "has not registered" in browser.text
    assert "the path differs" in browser.text
    assert wrong not in browser.page.links
    assert "/logout" in browser.page.links
    ((client_id, detail),) = audited(app, "redirect.rejected")
    assert client_id == client.client_id
    assert detail == {
        "reason": "redirect_uri_mismatch",
        "post_logout_redirect_uri": "https://app.example/signed-in",
    }


@pytest.mark.parametrize(
    "query",
    [
        "state=a&state=b",
        f"state={'x' * 4097}",
        f"id_token_hint={'x' * 8193}",
        "state=%FF",
        "state=%00",
        "client_id=%00",
        "client_id=unknown",
    ],
)
def test_a_request_with_a_wrong_part_does_nothing(http, ada, query):
    assert http.get(f"/oauth2/logout?{query}").status_code == 400
    assert http.post("/oauth2/logout", data=query, content_type=FORM).status_code == 400
    assert is_signed_in(http)


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
def test_a_post_that_is_no_form_does_nothing(http, ada, content_type):
    answer = http.post("/oauth2/logout", data="{}", content_type=content_type)
    assert answer.status_code == 400
    assert is_signed_in(http)


def test_an_app_that_is_switched_off_is_not_led_back_to(app, http, client, hint):
    with app.app_context():
        disable_client(client.client_id)
        db.session.commit()
    answer = logout(http, id_token_hint=hint, post_logout_redirect_uri=HOME)
    assert answer.status_code == 400
    assert "switched off" in answer.text


def test_looking_ahead_ends_nothing(http, hint):
    path = f"/oauth2/logout?{urlencode({'id_token_hint': hint})}"
    http.head(path)
    http.get(path, headers={"Sec-Purpose": "prefetch;prerender"})
    assert is_signed_in(http)
    http.get(path)
    assert not is_signed_in(http)


def test_a_posted_request_waits_an_hour_and_is_then_merely_asked(
    app, http, hint, clock
):
    form = {"id_token_hint": hint, "post_logout_redirect_uri": HOME}
    path = http.post("/oauth2/logout", data=form).location
    clock.tick(minutes=61)
    assert http.get(path).location.startswith("/logout?")
    clock.tick(days=2)
    with app.app_context():
        assert jobs.purge_expired() > 0
        assert db.session.query(PendingLogout).count() == 0


def test_what_waits_holds_no_token(app, http, hint):
    http.post("/oauth2/logout", data={"id_token_hint": hint})
    with app.app_context():
        stored = db.session.query(PendingLogout).one()
        assert hint.split(".")[2] not in str(stored.request)


def test_a_hint_whose_key_is_published_no_more_still_counts(app, http, tokens, clock):
    with app.app_context():
        rotation.rotate(now=True)
        db.session.commit()
    clock.tick(days=20)
    with app.app_context():
        jobs.rotate_keys()
    kids = {key["kid"] for key in http.get("/.well-known/jwks.json").json["keys"]}
    assert len(kids) == 1
    hint = tokens["id_token"]
    answer = logout(http, id_token_hint=hint, post_logout_redirect_uri=HOME)
    assert answer.location == HOME
    assert not is_signed_in(http)


def test_such_a_key_opens_nothing_else(app, http, tokens, clock):
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert http.get("/oauth2/userinfo", headers=bearer).status_code == 200
    with app.app_context():
        rotation.rotate(now=True)
        first = db.session.query(SigningKey).filter_by(generation=1)
        first.update({"retires_at": clock.now})
        db.session.commit()
    clock.tick(seconds=31)
    assert http.get("/oauth2/userinfo", headers=bearer).status_code == 401
