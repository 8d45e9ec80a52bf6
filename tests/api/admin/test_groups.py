"""/api/admin/groups."""

import pytest

from idp.accounts.groups.members import group_names
from tests.api.callers import Program, fields, problem

PATH = "/api/admin/groups"


@pytest.fixture
def admin(program, make):
    """A program of an admin who signed in just now."""
    make.clients.spa()
    program.sign_in(make.users.account(roles=["admin"]))
    return program


@pytest.fixture
def ops(admin) -> dict:
    body = {"name": "ops", "description": "Servers"}
    return admin.send("POST", PATH, body).json


def names(answer) -> list[str]:
    return [item["name"] for item in answer.json["items"]]


def test_a_group_is_made_shown_and_listed(admin, ops):
    assert (ops["name"], ops["description"], ops["member_count"]) == (
        "ops",
        "Servers",
        0,
    )
    shown = admin.get(f"{PATH}/{ops['id']}")
    assert shown.json == ops
    assert admin.get(PATH).json == {"items": [ops], "next_cursor": None}


def test_a_name_that_is_taken_is_a_conflict_and_one_that_is_wrong_a_mistake(admin, ops):
    assert problem(admin.send("POST", PATH, {"name": "OPS"})) == (
        409,
        "group_name_taken",
    )
    refused = admin.send("POST", PATH, {"name": "a,b", "description": "x\ny"})
    assert problem(refused) == (400, "invalid_group")
    wrong = [error["field"] for error in refused.json["errors"]]
    assert wrong == ["name", "description"]
    other = admin.send("POST", PATH, {"name": "dev"}).json
    clash = admin.send("PATCH", f"{PATH}/{other['id']}", {"name": "Ops"})
    assert problem(clash) == (409, "group_name_taken")


def test_the_list_goes_on_page_by_page_and_is_searched(admin, make):
    for name in ("b", "A", "c", "d"):
        make.groups.group(name, description="of letters" if name < "c" else "")
    first = admin.get(f"{PATH}?limit=2")
    assert names(first) == ["A", "b"]
    rest = admin.get(f"{PATH}?limit=2&cursor={first.json['next_cursor']}")
    assert names(rest) == ["c", "d"]
    assert rest.json["next_cursor"] is None
    assert names(admin.get(f"{PATH}?query=LETTERS")) == ["A", "b"]
    assert names(admin.get(f"{PATH}?query=%25")) == []
    foreign = admin.get(f"{PATH}?query=b&cursor={first.json['next_cursor']}")
    assert fields(foreign) == {"cursor": "invalid_cursor"}


def test_a_change_names_what_it_has_seen(admin, ops):
    one = f"{PATH}/{ops['id']}"
    seen = {"If-Match": admin.get(one).headers["ETag"]}
    changed = admin.send("PATCH", one, {"description": "All servers"}, headers=seen)
    assert (changed.json["name"], changed.json["description"]) == ("ops", "All servers")
    refused = admin.send("PATCH", one, {"name": "sre"}, headers=seen)
    assert problem(refused) == (412, "precondition_failed")
    assert [error["field"] for error in refused.json["errors"]] == ["description"]
    assert problem(admin.send("DELETE", one, headers=seen))[0] == 412
    fresh = {"If-Match": changed.headers["ETag"]}
    assert admin.send("PATCH", one, {"name": "sre"}, headers=fresh).status_code == 200


def test_members_come_and_go(app, admin, ops, make):
    ada = make.users.account("ada@example.org")
    members = f"{PATH}/{ops['id']}/members"
    for _ in range(2):
        assert admin.send("PUT", f"{members}/{ada.id}").status_code == 204
    (member,) = admin.get(members).json["items"]
    assert (member["id"], member["email"]) == (ada.id, ada.email)
    assert admin.get(f"{PATH}/{ops['id']}").json["member_count"] == 1
    for _ in range(2):
        assert admin.send("DELETE", f"{members}/{ada.id}").status_code == 204
    with app.app_context():
        assert group_names(ada.id) == []
    assert problem(admin.send("PUT", f"{members}/nobody")) == (404, "no_such_user")
    assert len(make.records.audited("group.member.added")) == 1
    assert len(make.records.audited("group.member.removed")) == 1


def test_a_group_is_deleted_once(admin, ops):
    one = f"{PATH}/{ops['id']}"
    assert admin.send("DELETE", one).status_code == 204
    for method in ("GET", "PATCH", "DELETE"):
        body = {"name": "x"} if method == "PATCH" else None
        assert problem(admin.send(method, one, body)) == (404, "unknown_group")


@pytest.mark.parametrize("role", ["owner", "admin", "support", "auditor", None])
def test_who_may_read_and_who_may_change(app, http, make, role):
    make.clients.spa()
    group = make.groups.group("ops")
    caller = Program(app.test_client(use_cookies=False))
    ada = make.users.account(roles=[role] if role else [])
    caller.sign_in(ada)
    may_change, may_read = role in {"owner", "admin"}, role is not None
    for path in (PATH, f"{PATH}/{group}", f"{PATH}/{group}/members"):
        assert (caller.get(path).status_code == 200) is may_read
    for method, path, body in (
        ("POST", PATH, {"name": "dev"}),
        ("PATCH", f"{PATH}/{group}", {"name": "sre"}),
        ("PUT", f"{PATH}/{group}/members/{ada.id}", None),
        ("DELETE", f"{PATH}/{group}/members/{ada.id}", None),
        ("DELETE", f"{PATH}/{group}", None),
    ):
        answer = caller.send(method, path, body)
        assert (answer.status_code < 300) is may_change
        if not may_change:
            assert problem(answer) == (403, "not_permitted")


def test_a_change_wants_a_sign_in_of_the_last_minutes(spa, make, clock):
    spa.sign_in(make.users.account(roles=["admin"]))
    clock.tick(minutes=11)
    refused = spa.send("POST", PATH, {"name": "dev"})
    assert problem(refused) == (403, "reauthentication_required")
    assert names(spa.get(PATH)) == []
