"""GET /account/activity: the user's events, a page at a time; shared with the page."""

import pytest

from tests.api.callers import fields, problem

PATH = "/account/activity"


@pytest.mark.parametrize("caller", ["program", "spa"])
def test_a_user_sees_their_own_events(request, make, another_spa, caller):
    another_spa.sign_in(make.users.account())
    who = request.getfixturevalue(caller)
    who.sign_in(make.users.account())
    answer = who.get(PATH)
    assert [item["event"] for item in answer.json["items"]] == ["login.ok", "register"]
    assert answer.json["items"][0]["words"] == "Signed in"
    assert answer.json["next_cursor"] is None


def test_the_cursor_leads_on_to_what_is_older(program, make):
    ada = make.users.account()
    for _ in range(2):
        program.sign_in(ada)
    first = program.get(f"{PATH}?limit=2")
    assert len(first.json["items"]) == 2
    assert 'rel="next"' in first.headers["Link"]
    cursor = first.json["next_cursor"]
    rest = program.get(PATH, query_string={"limit": "2", "cursor": cursor}).json
    assert len(rest["items"]) == 1
    assert rest["next_cursor"] is None
    assert rest["items"][0] not in first.json["items"]


def test_the_cursor_of_another_person_is_400(program, make):
    ada = make.users.account()
    for _ in range(2):
        program.sign_in(ada)
    cursor = program.get(f"{PATH}?limit=1").json["next_cursor"]
    program.sign_in(make.users.account())
    answer = program.get(PATH, query_string={"cursor": cursor})
    assert fields(answer) == {"cursor": "invalid_cursor"}


def test_nobody_is_401(program):
    assert problem(program.get(PATH)) == (401, "authentication_required")
