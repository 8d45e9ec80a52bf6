"""/api/admin/apis."""

import pytest

from tests.api.callers import fields, problem

PATH = "/api/admin/apis"
API = "https://api.example/notes"


@pytest.fixture
def admin(program, make):
    """A program of an admin who signed in just now."""
    make.clients.spa()
    program.sign_in(make.users.account(roles=["admin"]))
    return program


@pytest.fixture
def notes(admin) -> dict:
    scopes = ["write", {"name": "read", "description": "Read notes"}]
    return admin.post(PATH, {"identifier": API, "name": "Notes", "scopes": scopes}).json


def test_an_api_is_registered_shown_and_listed(admin, notes):
    assert (notes["identifier"], notes["name"], notes["imported"]) == (
        API,
        "Notes",
        False,
    )
    assert notes["scopes"] == [
        {"name": "read", "description": {"en": "Read notes"}},
        {"name": "write", "description": {}},
    ]
    assert admin.get(f"{PATH}/{notes['id']}").json == notes
    assert admin.get(PATH).json == {"items": [notes], "next_cursor": None}
    unnamed = admin.post(PATH, {"identifier": "https://api.example/b"})
    assert unnamed.json["name"] == "https://api.example/b"


def test_an_identifier_that_is_taken_is_a_conflict_and_a_wrong_one_a_mistake(
    admin, notes
):
    again = admin.post(PATH, {"identifier": API})
    assert problem(again) == (409, "api_identifier_taken")
    wrong = admin.post(PATH, {"identifier": "notes", "access_token_seconds": 1})
    assert fields(wrong) == {
        "identifier": "invalid_api",
        "access_token_seconds": "invalid_api",
    }
    odd = admin.post(PATH, {"identifier": API, "scopes": ["openid"]})
    assert fields(odd) == {"scopes": "invalid_api"}
    twice = admin.post(PATH, {"identifier": API, "scopes": ["a", "a"]})
    assert fields(twice) == {"scopes": "invalid_api"}
    alg = admin.post(PATH, {"identifier": API, "signing_alg": "HS256"})
    assert set(fields(alg)) == {"signing_alg"}


def test_the_list_goes_on_page_by_page_and_is_searched(admin, make):
    for letter in "bdac":
        make.clients.api(f"https://{letter}.example", "read", name=letter)
    first = admin.get(f"{PATH}?limit=3").json
    rest = admin.get(f"{PATH}?limit=3&cursor={first['next_cursor']}").json
    assert [item["name"] for item in first["items"] + rest["items"]] == list("abcd")
    assert {item["scopes"][0]["name"] for item in first["items"]} == {"read"}
    (found,) = admin.get(f"{PATH}?query=D.EXAMPLE").json["items"]
    assert found["name"] == "d"


def test_a_part_is_changed_and_all_is_replaced(admin, notes):
    one = f"{PATH}/{notes['id']}"
    part = admin.send("PATCH", one, {"access_token_seconds": 300}).json
    assert (part["access_token_seconds"], part["scopes"]) == (300, notes["scopes"])
    cleared = admin.send("PATCH", one, {"access_token_seconds": None, "scopes": []})
    assert (cleared.json["access_token_seconds"], cleared.json["scopes"]) == (None, [])
    whole = admin.put(one, {"name": "Papers", "signing_alg": "ES256"}).json
    assert (whole["name"], whole["signing_alg"]) == ("Papers", "ES256")
    assert admin.put(one, {"name": "Papers"}).json["signing_alg"] is None
    assert admin.send("PATCH", one, {"name": None}).json["name"] == API


def test_a_change_names_what_it_has_seen(admin, notes):
    one = f"{PATH}/{notes['id']}"
    seen = {"If-Match": admin.get(one).headers["ETag"]}
    changed = admin.send("PATCH", one, {"scopes": ["read"]}, headers=seen)
    for method, body in (
        ("PATCH", {"name": "N"}),
        ("PUT", {"name": "N"}),
        ("DELETE", None),
    ):
        refused = admin.send(method, one, body, headers=seen)
        assert problem(refused) == (412, "precondition_failed")
        assert [error["field"] for error in refused.json["errors"]] == ["scopes"]
    fresh = {"If-Match": changed.headers["ETag"]}
    assert admin.send("DELETE", one, headers=fresh).status_code == 204
    for method, body in (("GET", None), ("PATCH", {}), ("DELETE", None)):
        assert problem(admin.send(method, one, body)) == (404, "unknown_api")


def test_each_act_leaves_a_row_with_before_and_after(admin, notes, make):
    one = f"{PATH}/{notes['id']}"
    admin.send("PATCH", one, {"name": "Papers"})
    admin.send("PATCH", one, {"name": "Papers"})
    admin.send("DELETE", one)
    (created,) = make.records.audited_details("api.created")
    assert created["after"]["scopes"] == {"read": {"en": "Read notes"}, "write": {}}
    (changed,) = make.records.audited_details("api.changed")
    assert (changed["before"], changed["after"]) == (
        {"name": "Notes"},
        {"name": "Papers"},
    )
    (deleted,) = make.records.audited_details("api.deleted")
    assert deleted["before"]["name"] == "Papers"
