"""/account/apps: the apps that an account is used in; one path with the page."""

from urllib.parse import quote

import pytest

from tests.api.callers import problem
from tests.oauth.calls import redeem, refresh

PATH = "/account/apps"
SCOPE = "openid email offline_access"
callers = pytest.mark.parametrize("caller", ["program", "spa"])


@callers
def test_apps_are_listed_with_what_they_may_use(request, make, caller):
    who, ada = request.getfixturevalue(caller), make.users.account()
    notes = make.clients.spa(client_name="Notes", client_uri="https://notes.example")
    make.clients.consent(ada, notes, SCOPE)
    who.sign_in(ada)
    [listed] = who.get(PATH).json
    assert listed["client_id"] == notes.client_id
    assert (listed["client_name"], listed["client_uri"]) == (
        "Notes",
        "https://notes.example",
    )
    assert listed["scope"] == "openid email offline_access"
    assert listed["first_used_at"] == listed["last_used_at"]
    make.clients.own_app(
        client_name="Wiki", scope="openid", initiate_login_uri="https://w.example/in"
    )
    used, unused = who.get(PATH).json
    assert used["start_uri"] == "https://notes.example"
    assert unused == dict.fromkeys(unused) | {
        "client_id": unused["client_id"],
        "client_name": "Wiki",
        "start_uri": "https://w.example/in?iss=https%3A%2F%2Fidp.example",
        "scope": "",
    }
    assert who.get(f"{PATH}?query=IKI").json == [unused]


def test_what_an_app_may_use_is_listed_as_people_read_it(program, make):
    ada, notes = make.users.account(), make.clients.spa()
    make.clients.consent(ada, notes, "email")
    make.clients.consent(ada, notes, "calendar:read phone openid")
    program.sign_in(ada)
    assert program.get(PATH).json[0]["scope"] == "openid email phone calendar:read"


@callers
def test_an_app_loses_its_access(request, http, make, caller):
    who = request.getfixturevalue(caller)
    notes, ada = make.clients.spa(), make.users.account()
    with make.browsers.session_elsewhere(ada) as person:
        held = redeem(http, make.tokens.code(notes, person=person, scope=SCOPE)).json
    make.clients.consent(ada, notes, SCOPE)
    who.sign_in(ada)
    answer = who.send("DELETE", f"{PATH}/{notes.client_id}")
    assert (answer.status_code, answer.data) == (204, b"")
    assert who.get(PATH).json == []
    assert refresh(http, notes, held["refresh_token"]).status_code == 400
    assert make.records.audited("consent.revoked") == [("ok", ada.id)]
    again = who.send("DELETE", f"{PATH}/{notes.client_id}")
    assert problem(again) == (404, "no_such_app")


def test_the_client_that_asks_is_no_app(program, make):
    program.sign_in(make.users.account())
    answer = program.send("DELETE", f"{PATH}/idp-account")
    assert problem(answer) == (404, "no_such_app")
    assert program.get("/auth/me").status_code == 200


def test_an_id_of_any_spelling_is_encoded_as_usual(program, make):
    ada, name = make.users.account(), "https://notes.example/a.b"
    make.clients.consent(ada, make.clients.spa(client_id=name), "openid")
    program.sign_in(ada)
    answer = program.send("DELETE", f"{PATH}/{quote(name, safe='')}")
    assert answer.status_code == 204


def test_the_app_of_another_person_is_404(program, make):
    notes = make.clients.spa()
    make.clients.consent(make.users.account(), notes, "openid")
    program.sign_in(make.users.account())
    answer = program.send("DELETE", f"{PATH}/{notes.client_id}")
    assert problem(answer) == (404, "no_such_app")


@pytest.mark.parametrize(("method", "path"), [("GET", PATH), ("DELETE", f"{PATH}/x")])
def test_nobody_is_401(program, method, path):
    assert problem(program.send(method, path)) == (401, "authentication_required")


def test_a_cookie_needs_the_token_of_our_page(spa, make):
    ada, notes = make.users.account(), make.clients.spa()
    make.clients.consent(ada, notes, "openid")
    spa.sign_in(ada)
    answer = spa.bare("DELETE", f"{PATH}/{notes.client_id}")
    assert problem(answer) == (403, "csrf_rejected")
    assert len(spa.get(PATH).json) == 1
