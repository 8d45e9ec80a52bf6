"""/auth/accounts: a front end lists the accounts of its browser, and switches."""

import pytest

from tests.api.callers import Program, problem

PATH, SWITCH = "/auth/accounts", "/auth/accounts/switch"


@pytest.fixture
def people(make):
    return [make.users.account(name=name) for name in ("Ada", "Bob")]


@pytest.fixture
def front(http, make, people):
    """A front end of this site, in a browser with two accounts."""
    make.browsers.sign_in(http, person=people[0])
    make.browsers.further(http, people[1])
    return with_token(http, Program(http))


def with_token(http, front):
    token = http.get("/auth/csrf/token").json["token"]
    front.headers = {"X-CSRF-Token": token, "Origin": "https://idp.example"}
    return front


def names(answer):
    return [(each["name"], each["active"]) for each in answer.json["accounts"]]


def test_it_lists_them_and_switches(http, front, people):
    assert names(front.get(PATH)) == [("Ada", True), ("Bob", False)]
    before = http.get_cookie("__Host-idp", domain="idp.example").value
    switched = front.post(SWITCH, {"account": people[1].id})
    assert names(switched) == [("Bob", True), ("Ada", False)]
    assert http.get_cookie("__Host-idp", domain="idp.example").value != before
    assert front.get("/auth/me").json["user"]["id"] == people[1].id
    with_token(http, front)
    assert names(front.post(SWITCH, {"account": people[0].id})) == [
        ("Ada", True),
        ("Bob", False),
    ]


def test_switching_takes_the_token_of_this_session(front, people):
    stale = dict(front.headers)
    front.post(SWITCH, {"account": people[1].id})
    front.headers = stale
    refused = front.post(SWITCH, {"account": people[0].id})
    assert problem(refused) == (403, "csrf_rejected")
    front.headers = {}
    assert front.post(SWITCH, {"account": people[0].id}).status_code == 403
    front.headers = stale | {"Origin": "https://evil.example"}
    assert front.post(SWITCH, {"account": people[0].id}).status_code == 403
    assert front.get("/auth/me").json["user"]["id"] == people[1].id


def test_who_is_not_here_is_not_switched_to(front, make):
    stranger = make.users.account()
    refused = front.post(SWITCH, {"account": stranger.id})
    assert problem(refused) == (404, "no_such_account")


def test_a_token_has_no_browser(program, make):
    make.clients.spa()
    ada = make.users.account()
    program.sign_in(ada)
    assert program.get(PATH).json == {"accounts": []}
    assert problem(program.post(SWITCH, {"account": ada.id}))[0] == 404
