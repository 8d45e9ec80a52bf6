"""/api/admin/attributes."""

import pytest

from tests.api.callers import Program, fields, problem

PATH = "/api/admin/attributes"
DEPARTMENT = {
    "key": "department",
    "type": "choice",
    "label": {"en": "Department", "de": "Abteilung"},
    "choices": ["Engines", "Letters"],
    "claim": "department",
    "scope": "profile",
    "editable_by": "user",
    "required_at": "register",
}


@pytest.fixture
def owner(program, make):
    """A program of an owner who signed in just now."""
    make.clients.spa()
    program.sign_in(make.users.account(roles=["owner"]))
    return program


@pytest.fixture
def department(owner) -> dict:
    answer = owner.send("POST", PATH, DEPARTMENT)
    assert answer.status_code == 201, answer.text
    return answer.json


def test_an_attribute_is_made_shown_and_listed(owner, department, make):
    assert department == DEPARTMENT
    assert owner.get(f"{PATH}/department").json == department | {"holders": 0}
    assert owner.get(PATH).json == {"items": [department], "next_cursor": None}
    assert owner.get(f"{PATH}?query=NOTHING").json["items"] == []
    (told,) = make.records.audited_details("attribute.created")
    assert told == {"attribute": "department", "after": DEPARTMENT}


def test_a_key_alone_is_text_that_users_may_leave_out(owner):
    made = owner.send("POST", PATH, {"key": "team"}).json
    assert made == {
        "key": "team",
        "type": "text",
        "label": {"en": "team"},
        "choices": [],
        "claim": None,
        "scope": None,
        "editable_by": "user",
        "required_at": "never",
    }


def test_a_key_and_a_claim_that_are_taken_are_conflicts(owner, department):
    again = owner.send("POST", PATH, DEPARTMENT)
    assert problem(again) == (409, "attribute_exists")
    claim = owner.send("POST", PATH, {"key": "other", "claim": "department"})
    assert fields(claim) == {"claim": "attribute_exists"}


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"key": "Team"}, "key"),
        ({"key": "a.b"}, "key"),
        ({"key": "x" * 65}, "key"),
        ({"key": "nickname"}, "key"),
        ({"key": "team", "label": {}}, "label"),
        ({"key": "team", "label": {"en": "\u202eT"}}, "label"),
        ({"key": "team", "label": {"not a tag": "T"}}, "label"),
        ({"key": "team", "choices": ["A"]}, "choices"),
        ({"key": "team", "type": "choice"}, "choices"),
        ({"key": "team", "type": "choice", "choices": ["A", "A"]}, "choices"),
        ({"key": "team", "claim": "sub"}, "claim"),
        ({"key": "team", "claim": "email_verified"}, "claim"),
        ({"key": "team", "claim": "a b"}, "claim"),
        ({"key": "team", "scope": "profile"}, "scope"),
        ({"key": "team", "claim": "team", "scope": "nowhere"}, "scope"),
        (
            {"key": "team", "editable_by": "admin", "required_at": "sign_in"},
            "required_at",
        ),
    ],
)
def test_what_cannot_be_defined_is_named(owner, said, wrong):
    refused = owner.send("POST", PATH, said)
    assert problem(refused) == (400, "invalid_attribute")
    assert fields(refused) == {wrong: "invalid_attribute"}


def test_a_change_names_what_it_has_seen_and_leaves_one_row(owner, department, make):
    one = f"{PATH}/department"
    seen = {"If-Match": owner.get(one).headers["ETag"]}
    sent = {"required_at": "never", "label": None}
    changed = owner.send("PATCH", one, sent, headers=seen)
    assert changed.json == department | {
        "required_at": "never",
        "label": {"en": "department"},
    }
    assert problem(owner.send("PATCH", one, sent, headers=seen))[0] == 412
    assert owner.send("PATCH", one, sent).status_code == 200
    (told,) = make.records.audited_details("attribute.changed")
    assert told["before"]["required_at"] == "register"
    other = owner.send("PATCH", one, {"type": "text", "choices": []})
    assert fields(other) == {"type": "invalid_attribute"}
    missing = owner.send("PATCH", f"{PATH}/other", sent)
    assert problem(missing) == (404, "unknown_attribute")


def test_values_go_with_the_attribute_and_do_not_come_back(owner, department, make):
    profile = "/account/profile"
    owner.send("POST", PATH, {"key": "team"})
    sent = {"attributes": {"department": "Engines", "team": "A"}}
    owner.send("PATCH", profile, sent)
    assert owner.get(f"{PATH}/department").json["holders"] == 1
    assert owner.send("DELETE", f"{PATH}/department").status_code == 204
    (told,) = make.records.audited_details("attribute.deleted")
    assert told["values"] == 1
    assert problem(owner.send("DELETE", f"{PATH}/department"))[0] == 404
    owner.send("POST", PATH, DEPARTMENT)
    assert owner.get(profile).json["attributes"] == {"team": "A"}


@pytest.mark.parametrize("role", ["admin", "support", "auditor", None])
def test_only_owners_change_attributes(app, make, role):
    make.clients.spa()
    make.attributes.define("team")
    caller = Program(app.test_client(use_cookies=False))
    caller.sign_in(make.users.account(roles=[role] if role else []))
    may_read = role in {"admin", "auditor"}
    assert (caller.get(PATH).status_code == 200) is may_read
    one = f"{PATH}/team"
    for method, path, body in (
        ("POST", PATH, {"key": "other"}),
        ("PATCH", one, {"required_at": "never"}),
        ("DELETE", one, None),
    ):
        assert problem(caller.send(method, path, body)) == (403, "not_permitted")
