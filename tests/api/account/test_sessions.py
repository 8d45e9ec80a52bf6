"""/account/sessions: see and end them; one path with the page."""

import pytest

from tests.api.callers import problem

PATH = "/account/sessions"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
callers = pytest.mark.parametrize("caller", ["program", "spa"])


def current(sessions):
    return [item["id"] for item in sessions if item["current"]]


@callers
def test_the_asking_session_comes_first(request, make, another_spa, caller):
    who, ada = request.getfixturevalue(caller), make.users.account()
    who.sign_in(ada)
    another_spa.client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    another_spa.sign_in(ada)
    another_spa.client.environ_base["HTTP_USER_AGENT"] = ""
    here, there = who.get(PATH).json
    assert (here["current"], there["current"]) == (True, False)
    assert "Firefox" in there["device"]
    assert there["first_seen_at"] <= there["last_seen_at"]
    assert current(another_spa.get(PATH).json) == [there["id"]]


@callers
def test_one_session_ends_alone(request, make, another_spa, caller):
    who, ada = request.getfixturevalue(caller), make.users.account()
    who.sign_in(ada)
    another_spa.sign_in(ada)
    [other] = current(another_spa.get(PATH).json)
    answer = who.send("DELETE", f"{PATH}/{other}")
    assert (answer.status_code, answer.data) == (204, b"")
    assert another_spa.get("/auth/me").status_code == 401
    assert len(who.get(PATH).json) == 1
    again = who.send("DELETE", f"{PATH}/{other}")
    assert problem(again) == (404, "no_such_session")


@callers
def test_all_others_end(request, make, another_spa, caller):
    who, ada = request.getfixturevalue(caller), make.users.account()
    who.sign_in(ada)
    another_spa.sign_in(ada)
    for _ in range(2):
        assert who.send("DELETE", PATH).status_code == 204
    assert another_spa.get("/auth/me").status_code == 401
    assert [item["current"] for item in who.get(PATH).json] == [True]


@callers
def test_the_own_session_can_be_ended(request, make, caller):
    who = request.getfixturevalue(caller)
    who.sign_in(make.users.account())
    [own] = current(who.get(PATH).json)
    assert who.send("DELETE", f"{PATH}/{own}").status_code == 204
    assert who.get("/auth/me").status_code == 401


def test_the_cookies_of_an_ended_session_go(spa, make):
    spa.sign_in(make.users.account())
    [own] = current(spa.get(PATH).json)
    spa.send("DELETE", f"{PATH}/{own}")
    assert spa.client.get_cookie("__Host-idp", domain="idp.example") is None


def test_the_session_of_another_person_is_404(program, another_spa, make):
    another_spa.sign_in(make.users.account())
    [other] = current(another_spa.get(PATH).json)
    program.sign_in(make.users.account())
    answer = program.send("DELETE", f"{PATH}/{other}")
    assert problem(answer) == (404, "no_such_session")
    assert another_spa.get("/auth/me").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"), [("GET", PATH), ("DELETE", PATH), ("DELETE", f"{PATH}/x")]
)
def test_nobody_is_401(program, method, path):
    answer = program.send(method, path)
    assert problem(answer) == (401, "authentication_required")


def test_a_cookie_needs_the_token_of_our_page(spa, make):
    spa.sign_in(make.users.account())
    [own] = current(spa.get(PATH).json)
    for path in (PATH, f"{PATH}/{own}"):
        assert problem(spa.bare("DELETE", path)) == (403, "csrf_rejected")
    assert spa.get("/auth/me").status_code == 200
