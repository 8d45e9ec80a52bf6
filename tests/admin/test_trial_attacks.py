"""Nobody gets a code, or what one is worth, by the redirect URI of trials."""

from urllib.parse import urlencode

import pytest

from idp.core.context import current
from idp.core.db import db
from idp.oauth.clients.cache import ClientCache
from idp.oauth.keys.rotation import ensure_keys
from idp.oauth.models import AuthorizationCode, Client, ClientTrial
from tests.admin.trials import TRY_URI, Trial, fields_of, post_answer, shown
from tests.hosted_pages import follow, press
from tests.rp import Attempt


@pytest.fixture
def app(app):
    with app.app_context():
        ensure_keys("ES256")
        db.session.commit()
    return app


@pytest.fixture
def person(http, make):
    return make.browsers.sign_in(http, roles=["admin"])


@pytest.fixture
def other(app, make):
    """Another admin, in another browser."""
    browser = app.test_client()
    make.browsers.sign_in(browser, roles=["admin"])
    return browser


@pytest.fixture
def client(make):
    return make.clients.own_app(scope="openid")


def codes(app) -> int:
    with app.app_context():
        return db.session.query(AuthorizationCode).count()


def spent(app) -> int:
    with app.app_context():
        used = AuthorizationCode.used_at.is_not(None)
        return db.session.query(AuthorizationCode).filter(used).count()


def asked(client, **more) -> dict[str, str]:
    """Return a request that anybody can write."""
    return {
        "client_id": client.client_id,
        "redirect_uri": TRY_URI,
        "response_type": "code",
        "scope": "openid",
        "state": "s",
        "code_challenge": Attempt().challenge,
        "code_challenge_method": "S256",
        **more,
    }


@pytest.mark.parametrize("name", ["tried_by", "response_mode", "x"])
def test_a_request_that_was_sent_never_leads_there(app, http, client, person, name):
    values = {"tried_by": person.user_id, "response_mode": "form_post", "x": "1"}
    query = asked(client, **{name: values[name]})
    by_get = http.get(f"/oauth2/authorize?{urlencode(query)}")
    by_post = http.post("/oauth2/authorize", data=query)
    for answer in (by_get, by_post):
        assert answer.status_code == 400
        assert TRY_URI not in answer.headers.get("Location", "")
    assert codes(app) == 0


def test_it_cannot_be_registered(make):
    with pytest.raises(Exception, match="on this server itself"):
        make.clients.web_client(redirect_uris=[TRY_URI])


def test_a_row_that_has_it_all_the_same_opens_nothing(app, http, make, person):
    client = make.clients.own_app(scope="openid")
    with app.app_context():
        row = db.session.get_one(Client, client.client_id)
        row.registered = row.registered | {"redirect_uris": [TRY_URI]}
        db.session.commit()
        current(ClientCache).forget()
    answer = http.get(f"/oauth2/authorize?{urlencode(asked(client))}")
    assert answer.status_code == 400
    assert codes(app) == 0


def test_another_browser_cannot_go_on_with_the_request(
    app, http, client, other, person
):
    begun = Trial(http, client).start()
    for browser in (other, app.test_client()):
        page = browser.get(begun.location)
        assert page.status_code == 400
        assert "another browser" in page.text
    assert codes(app) == 0


def test_another_admin_cannot_take_the_answer(app, http, client, other, person):
    fields = fields_of(Trial(http, client).reach())
    refused = post_answer(other, fields)
    assert refused.status_code == 400
    assert "belongs to no trial" in refused.text
    assert spent(app) == 0
    assert "ID token" in shown(post_answer(http, fields))


def test_an_answer_is_shown_once(app, http, client, person):
    fields = fields_of(Trial(http, client).reach())
    assert "ID token" in shown(post_answer(http, fields))
    again = post_answer(http, fields)
    assert again.status_code == 400
    assert "eyJ" not in again.text


def test_a_code_of_another_client_is_worth_nothing_here(
    app, http, make, client, person
):
    victim = make.clients.own_app(scope="openid")
    stolen = fields_of(Trial(http, victim).reach())
    mine = fields_of(Trial(http, client).reach())
    page = post_answer(http, {**mine, "code": stolen["code"]})
    assert "invalid_grant" in page.text
    assert "eyJ" not in page.text
    assert spent(app) == 0


def test_a_code_of_another_trial_of_the_same_client_is_worth_nothing(
    app, http, client, person
):
    first = fields_of(Trial(http, client).reach())
    second = fields_of(Trial(http, client).reach())
    page = post_answer(http, {**second, "code": first["code"]})
    assert "invalid_grant" in page.text
    assert spent(app) == 0


def test_the_code_is_worth_nothing_at_the_token_endpoint(app, http, client, person):
    fields = fields_of(Trial(http, client).reach())
    for verifier in (None, Attempt().verifier):
        form = {
            "grant_type": "authorization_code",
            "client_id": client.client_id,
            "code": fields["code"],
            "redirect_uri": TRY_URI,
            **({"code_verifier": verifier} if verifier else {}),
        }
        answer = app.test_client(use_cookies=False).post("/oauth2/token", data=form)
        assert answer.json["error"] == "invalid_grant"
    assert "ID token" in shown(post_answer(http, fields))


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_a_foreign_page_cannot_bring_an_answer(http, client, person, origin):
    fields = fields_of(Trial(http, client).reach())
    assert post_answer(http, fields, origin).status_code == 403
    assert "ID token" in shown(post_answer(http, fields))


def test_an_answer_of_another_issuer_is_none(app, http, client, person):
    fields = fields_of(Trial(http, client).reach())
    mixed = post_answer(http, {**fields, "iss": "https://evil.example"})
    assert mixed.status_code == 400
    assert spent(app) == 0
    assert "ID token" in shown(post_answer(http, fields))


def test_a_trial_is_about_nobody_else_who_signs_in_meanwhile(
    app, http, make, client, person
):
    begun = Trial(http, client).start(prompt="select_account")
    grace = make.users.account("grace@example.com")
    switch = urlencode({"return_to": begun.location, "switch": "1"})
    page = http.get(f"/login?{switch}")
    answer = press(http, page, username=grace.email, password=grace.password)
    fields = fields_of(follow(http, answer))
    assert fields["error"] == "login_required"
    assert codes(app) == 0
    assert post_answer(http, fields).status_code == 403


def test_the_trial_ends_with_its_session(app, http, make, client, person):
    fields = fields_of(Trial(http, client).reach())
    make.browsers.sign_in(http, person=person.person)
    refused = post_answer(http, fields)
    assert refused.status_code == 400
    assert spent(app) == 0
    with app.app_context():
        assert db.session.query(ClientTrial).count() == 1
