"""/api/admin/policies."""

import pytest

from tests.api.callers import fields, problem

PATH = "/api/admin/policies"


@pytest.fixture
def owner(program, make):
    """A program of an owner who signed in just now."""
    make.clients.spa()
    program.sign_in(make.users.account(roles=["owner"]))
    return program


def values(answer) -> dict:
    return {each["key"]: each["value"] for each in answer.json["policies"]}


def change(owner, *, query="", headers=None, **decided):
    body = {"values": decided}
    return owner.send("PATCH", PATH + query, body, headers=headers or {})


def test_what_holds_at_the_instance_is_shown(owner):
    answer = owner.get(PATH)
    assert (answer.json["scope"], answer.json["scope_id"]) == ("instance", "")
    assert values(answer) == {
        "registration": "open",
        "registration_domains": [],
        "fields": {},
        "require_verified_email": True,
        "sign_in_methods": [*("password", "link", "passkey", "magic_link", "provider")],
        "identifier_first": False,
        "session_lifetime_seconds": 86400,
        "session_idle_seconds": 7200,
        "max_sessions": None,
        "second_factor": "optional",
        "email_code": "off",
        "acr": "aal1",
        "enrol_grace_days": 0,
        "trusted_browser_days": 30,
        "leaked_password": "keep",
        "personal_access_tokens": "off",
    }
    assert {each["source"] for each in answer.json["policies"]} == {"default"}


def test_a_change_is_answered_as_it_is_shown_then(owner, make):
    answer = change(owner, max_sessions=3, registration="closed")
    assert answer.status_code == 200
    assert values(answer)["max_sessions"] == 3
    again = owner.get(PATH)
    assert again.json == answer.json
    assert again.headers["ETag"] == answer.headers["ETag"]
    (decided,) = (p for p in again.json["policies"] if p["key"] == "max_sessions")
    assert decided["source"] == "row"
    audited = make.records.audited("policy.changed")
    assert audited == [("ok", decided["updated_by"])] * 2
    assert values(change(owner, max_sessions=None))["max_sessions"] is None
    assert values(owner.get(PATH))["registration"] == "closed"
    assert len(make.records.audited("policy.changed")) == 3


def test_places_are_told_apart(owner, make):
    spa = make.clients.spa()
    of_client = f"?scope=client&scope_id={spa.client_id}"
    changed = change(owner, query=of_client, session_lifetime_seconds=600)
    assert values(changed) == {
        "registration": None,
        "registration_domains": None,
        "fields": None,
        "require_verified_email": None,
        "sign_in_methods": None,
        "identifier_first": None,
        "session_lifetime_seconds": 600,
        "second_factor": None,
        "email_code": None,
        "acr": None,
    }
    change(owner, query="?scope=role&scope_id=admin", max_sessions=1)
    assert owner.get(PATH).json["elsewhere"] == [
        {"scope": "client", "scope_id": spa.client_id},
        {"scope": "role", "scope_id": "admin"},
    ]
    assert values(owner.get(PATH))["session_lifetime_seconds"] == 86400


def test_a_change_of_something_else_than_was_seen_is_refused_by_name(owner):
    seen = {"If-Match": owner.get(PATH).headers["ETag"]}
    assert change(owner, headers=seen, max_sessions=3).status_code == 200
    refused = change(owner, headers=seen, registration="closed")
    assert problem(refused) == (412, "precondition_failed")
    assert [each["field"] for each in refused.json["errors"]] == ["max_sessions"]
    assert values(owner.get(PATH))["registration"] == "open"
    seen = {"If-Match": owner.get(PATH).headers["ETag"]}
    assert change(owner, headers=seen, registration="closed").status_code == 200
    assert change(owner, headers={"If-Match": "*"}, max_sessions=2).status_code == 200
    refused = change(owner, headers={"If-Match": '"other"'}, max_sessions=4)
    assert len(refused.json["errors"]) == 16


@pytest.mark.parametrize(
    ("query", "decided", "wrong"),
    [
        (
            "",
            {"max_sessions": 0, "registration": "shut"},
            {"max_sessions", "registration"},
        ),
        ("", {"require_verified_email": "true"}, {"require_verified_email"}),
        ("", {"session_idle_seconds": True}, {"session_idle_seconds"}),
        ("", {"sign_in_methods": []}, {"sign_in_methods"}),
        ("", {"colour": "red"}, {"colour"}),
        ("?scope=role&scope_id=admin", {"registration": "closed"}, {"registration"}),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_changed(owner, query, decided, wrong):
    before = owner.get(PATH + query).json
    answer = change(owner, query=query, **decided, session_lifetime_seconds=600)
    assert fields(answer) == dict.fromkeys(wrong, "invalid")
    assert owner.get(PATH + query).json == before


@pytest.mark.parametrize(
    "query",
    ["?scope=client&scope_id=none", "?scope=client&scope_id=idp-account",
     "?scope=role&scope_id=king", "?scope=role",
     "?scope=organization&scope_id=none", "?scope_id=x"],
)  # fmt: skip
def test_where_nothing_is_there_are_no_policies(owner, query):
    assert problem(owner.get(PATH + query)) == (404, "no_such_scope")
    assert problem(change(owner, query=query)) == (404, "no_such_scope")


class TestASettingThatWasGiven:
    @pytest.fixture
    def environ(self):
        return {"IDP_REGISTRATION": "closed"}

    def test_it_is_shown_with_its_source_and_cannot_be_changed(self, owner):
        (given,) = (
            each
            for each in owner.get(PATH).json["policies"]
            if each["key"] == "registration"
        )
        assert (given["value"], given["source"]) == ("closed", "IDP_REGISTRATION")
        assert given["read_only"]
        refused = change(owner, registration="open")
        assert problem(refused) == (409, "set_elsewhere")
        assert fields(refused) == {"registration": "set_elsewhere"}


def test_a_change_wants_a_fresh_sign_in(spa, make, clock):
    spa.sign_in(make.users.account(roles=["owner"]))
    clock.tick(minutes=11)
    assert values(spa.get(PATH))["max_sessions"] is None
    answer = change(spa, max_sessions=3)
    assert problem(answer) == (403, "reauthentication_required")
    assert make.records.audited("policy.changed") == []


@pytest.mark.parametrize(
    ("roles", "seen"),
    [([], 403), (["support"], 403), (["auditor"], 200), (["admin"], 200)],
)
def test_others_may_look_at_most(program, make, roles, seen):
    make.clients.spa()
    program.sign_in(make.users.account(roles=roles))
    assert program.get(PATH).status_code == seen
    assert problem(change(program, max_sessions=1)) == (403, "not_permitted")
    assert make.records.audited("policy.changed") == []
