"""/api/admin/sessions, and that the list is looked up in an index."""

import pytest

from idp.accounts.sessions.everybody import live_sessions
from tests.api.callers import Program, fields, problem
from tests.plans import plan_of

PATH = "/api/admin/sessions"


@pytest.fixture
def support(program, make):
    """A program of somebody of the support who signed in just now."""
    make.clients.spa()
    program.sign_in(make.users.account(roles=["support"]))
    return program


@pytest.fixture
def signed_in(make):
    """Return a function that signs somebody in in a browser of their own."""

    def sign_in(**account):
        person = make.users.account(**account)
        make.browsers.session(person)
        return person

    return sign_in


def listed(caller, **query) -> list[dict]:
    answer = caller.get(PATH, query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json["items"]


def test_sessions_of_everybody_or_of_one_are_listed_the_newest_first(
    support, signed_in, clock
):
    people = []
    for _ in range(3):
        people.append(signed_in().id)
        clock.tick(seconds=1)
    sessions = listed(support)
    assert [each["user_id"] for each in sessions][:3] == people[::-1]
    (one,) = listed(support, user=people[0])
    assert one["methods"] == ["pwd"]
    assert listed(support, user="nobody") == []


def test_the_list_goes_on_page_by_page(support, signed_in):
    for _ in range(4):
        signed_in()
    whole = [each["id"] for each in listed(support)]
    seen, cursor = [], {}
    while cursor != {"cursor": None}:
        page = support.get(PATH, query_string={"limit": 2, **cursor}).json
        seen += [each["id"] for each in page["items"]]
        cursor = {"cursor": page["next_cursor"]}
    assert seen == whole
    first = support.get(PATH, query_string={"limit": 2}).json["next_cursor"]
    foreign = support.get(PATH, query_string={"user": "ada", "cursor": first})
    assert fields(foreign) == {"cursor": "invalid_cursor"}


def test_a_session_is_ended_once(support, signed_in, make):
    ada = signed_in()
    (session,) = listed(support, user=ada.id)
    assert support.send("DELETE", f"{PATH}/{session['id']}").status_code == 204
    assert listed(support, user=ada.id) == []
    again = support.send("DELETE", f"{PATH}/{session['id']}")
    assert problem(again) == (404, "no_such_session")
    (told,) = make.records.audited_details("admin.action")
    assert (told["action"], told["subject"]) == ("session.end", ada.id)


def test_a_session_that_ran_out_is_none(support, signed_in, clock):
    ada = signed_in()
    (session,) = listed(support, user=ada.id)
    clock.tick(days=400)
    support.sign_in(signed_in(roles=["support"]))
    assert listed(support, user=ada.id) == []
    gone = support.send("DELETE", f"{PATH}/{session['id']}")
    assert problem(gone) == (404, "no_such_session")


@pytest.mark.parametrize("role", ["owner", "admin", "support", "auditor"])
def test_support_ends_no_session_of_who_has_a_role(app, support, signed_in, role, make):
    boss = signed_in(roles=[role])
    (session,) = listed(support, user=boss.id)
    refused = support.send("DELETE", f"{PATH}/{session['id']}")
    assert problem(refused) == (403, "not_permitted")
    admin = Program(app.test_client(use_cookies=False))
    admin.sign_in(make.users.account(roles=["admin"]))
    assert admin.send("DELETE", f"{PATH}/{session['id']}").status_code == 204


@pytest.mark.parametrize("role", ["auditor", None])
def test_who_may_only_look_or_nothing_ends_none(program, signed_in, make, role):
    make.clients.spa()
    program.sign_in(make.users.account(roles=[role] if role else []))
    assert (program.get(PATH).status_code == 200) is (role == "auditor")
    ended = program.send("DELETE", f"{PATH}/{'0' * 32}")
    assert problem(ended) == (403, "not_permitted")


def test_an_end_wants_a_sign_in_of_the_last_minutes(spa, make, clock):
    spa.sign_in(make.users.account(roles=["admin"]))
    clock.tick(minutes=11)
    refused = spa.send("DELETE", f"{PATH}/{'0' * 32}")
    assert problem(refused) == (403, "reauthentication_required")


def test_the_list_is_looked_up_in_its_index(app):
    with app.app_context():
        assert "ix_browser_sessions_newest" in plan_of(live_sessions().limit(51))
