"""/api/admin/scopes."""

import pytest

from tests.api.callers import fields, problem

PATH = "/api/admin/scopes"
HR = {"name": "hr", "description": {"en": "Where you work"}, "claims": ["team"]}


@pytest.fixture
def admin(program, make):
    """A program of an admin who signed in just now."""
    make.clients.spa()
    make.attributes.define("team", claim="team")
    program.sign_in(make.users.account(roles=["admin"]))
    return program


@pytest.fixture
def hr(admin) -> dict:
    answer = admin.send("POST", PATH, HR)
    assert answer.status_code == 201, answer.text
    return answer.json


def test_a_scope_is_made_shown_listed_changed_and_deleted(admin, hr, make):
    assert hr == HR
    one = f"{PATH}/hr"
    make.clients.web_client(client_id="notes", scope="openid hr")
    make.clients.web_client(client_id="other", scope="openid HR hrs")
    shown = admin.get(one)
    [client] = shown.json["clients"]
    assert shown.json == hr | {"clients": [client]}
    assert client["client_id"] == "notes"
    assert admin.get(PATH).json == {"items": [hr], "next_cursor": None}
    seen = {"If-Match": shown.headers["ETag"]}
    sent = {"claims": ["team", "email"]}
    assert admin.send("PATCH", one, sent, headers=seen).json == hr | sent
    assert problem(admin.send("PATCH", one, sent, headers=seen))[0] == 412
    assert admin.send("DELETE", one).status_code == 204
    assert problem(admin.get(one)) == (404, "unknown_scope")
    for event in ("scope.created", "scope.changed", "scope.deleted"):
        assert len(make.records.audited(event)) == 1


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"name": "a b"}, "name"),
        ({"name": ".."}, "name"),
        ({"name": "profile"}, "name"),
        ({"name": "account:all"}, "name"),
        ({"name": "admin:all"}, "name"),
        ({"name": "read"}, "name"),
        ({"description": {"en": "\u202eR"}}, "description"),
        ({"claims": []}, "claims"),
        ({"claims": ["nothing"]}, "claims"),
        ({"claims": ["sub"]}, "claims"),
    ],
)
def test_what_cannot_be_defined_is_named(admin, make, said, wrong):
    api = {"identifier": "https://api.example", "scopes": ["read"]}
    assert admin.send("POST", "/api/admin/apis", api).status_code == 201
    refused = admin.send("POST", PATH, HR | said)
    assert problem(refused) == (400, "invalid_scope_definition")
    assert fields(refused) == {wrong: "invalid_scope_definition"}


@pytest.mark.usefixtures("hr")
def test_a_name_means_one_thing_alone(admin):
    assert problem(admin.send("POST", PATH, HR)) == (409, "scope_exists")
    api = {"identifier": "https://api.example", "scopes": ["hr"]}
    refused = admin.send("POST", "/api/admin/apis", api)
    assert fields(refused) == {"scopes": "invalid_api"}


@pytest.mark.usefixtures("hr")
def test_a_scope_that_opens_attributes_stays(admin, make):
    make.attributes.define("desk", claim="desk", scope="hr")
    refused = admin.send("DELETE", f"{PATH}/hr")
    assert problem(refused) == (409, "scope_in_use")
    assert "desk" in refused.json["errors"][0]["message"]


@pytest.mark.usefixtures("hr")
def test_support_may_read_no_more_than_the_table_says(program, make):
    program.sign_in(make.users.account(roles=["support"]))
    assert program.get(PATH).status_code == 200
    refused = program.send("PATCH", f"{PATH}/hr", {"claims": ["email"]})
    assert problem(refused) == (403, "not_permitted")
