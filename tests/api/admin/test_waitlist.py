"""/api/admin/waitlist: who asked for an account, and letting them in."""

import pytest

from tests.api.callers import problem

API = "/api/admin/waitlist"


@pytest.fixture
def operator(program, make):
    program.sign_in(make.users.account(roles=["support"]))
    return program


def test_places_are_listed_let_in_and_removed(operator, make, clock):
    ids = []
    for name in ("ada", "bob", "cid"):
        ids.append(make.users.place(f"{name}@a.example"))
        clock.tick(seconds=1)
    ada, bob, cid = ids
    listed = operator.get(API).json["items"]
    assert [item["id"] for item in listed] == ids
    assert listed[0]["note"] == "I am ada@a.example"
    first = operator.get(f"{API}?limit=2").json
    assert operator.get(f"{API}?cursor={first['next_cursor']}").json["items"] == [
        listed[2]
    ]
    done = operator.post(f"{API}/admit", {"places": [bob, "0" * 32]})
    assert done.json == {"places": [bob]}
    assert operator.post(f"{API}/admit", {"next": 1}).json == {"places": [ada]}
    assert problem(operator.post(f"{API}/admit", {"places": [ada]})) == (
        409,
        "not_waiting",
    )
    [left] = operator.get(API).json["items"]
    assert left["id"] == cid
    admitted = operator.get(f"{API}?state=admitted").json["items"]
    assert {item["id"] for item in admitted} == {ada, bob}
    assert operator.send("DELETE", f"{API}/{cid}").status_code == 204
    gone = operator.send("DELETE", f"{API}/{cid}")
    assert problem(gone) == (404, "no_such_place")
    assert len(make.records.audited("registration.place.admitted")) == 2


@pytest.mark.parametrize("body", [{}, {"places": []}, {"next": 0}, {"next": 1000}])
def test_it_is_said_whom_to_let_in(operator, body):
    assert operator.post(f"{API}/admit", body).status_code == 400
