"""/api/admin/clients."""

import pytest

from idp.api.admin.clients.fields import (
    AccessTokenAlg,
    AuthMethod,
    GrantType,
    Metadata,
    SigningAlg,
)
from idp.oauth.apis.view import ACCESS_TOKEN_ALGS
from idp.oauth.clients.metadata import members
from idp.security.jwks import ALGORITHMS
from tests.api.callers import Program, fields, problem

PATH = "/api/admin/clients"
CALLBACK = "https://app.example/callback"
NOTES = {"client_name": "Notes", "redirect_uris": [CALLBACK]}


@pytest.fixture
def admin(program, make):
    """A program of an admin who signed in just now."""
    make.clients.spa(client_name="Console")
    program.sign_in(make.users.account(roles=["admin"]))
    return program


@pytest.fixture
def notes(admin) -> dict:
    return admin.post(PATH, {**NOTES, "client_id": "notes"}).json


def names(answer) -> list[str]:
    return [item["client_name"] for item in answer.json["items"]]


def test_the_members_in_json_are_those_of_the_rules():
    assert set(Metadata.model_fields) == members.KNOWN
    for words, known in (
        (AuthMethod, members.AUTH_METHODS),
        (GrantType, members.GRANT_TYPES),
        (SigningAlg, members.ID_TOKEN_ALGS),
        (SigningAlg, ALGORITHMS),
        (AccessTokenAlg, ACCESS_TOKEN_ALGS),
    ):
        assert set(words) == set(known)


def test_a_client_is_registered_and_its_secret_told_once(admin, notes):
    assert (notes["client_id"], notes["client_name"]) == ("notes", "Notes")
    assert notes["token_endpoint_auth_method"] == "client_secret_basic"
    assert notes["require_pkce"] is True
    assert notes["first_party"] is notes["disabled"] is False
    assert notes["access"] == "everyone"
    assert notes["warnings"] == []
    shown = admin.get(f"{PATH}/notes")
    assert len(notes.pop("client_secret")) > 40
    assert shown.json == notes


def test_a_client_without_a_secret_is_told_none(admin):
    made = admin.post(PATH, {**NOTES, "token_endpoint_auth_method": "none"})
    assert made.status_code == 201
    assert made.json["client_secret"] is None


def test_an_id_that_is_taken_is_a_conflict(admin, notes):
    again = admin.post(PATH, {**NOTES, "client_id": "notes"})
    assert problem(again) == (409, "client_id_taken")
    assert fields(again) == {"client_id": "client_id_taken"}
    reserved = admin.post(PATH, {**NOTES, "client_id": "idp-account"})
    assert problem(reserved) == (400, "invalid_client_metadata")
    unprintable = admin.post(PATH, {**NOTES, "client_id": "a\tb"})
    assert fields(unprintable) == {"client_id": "invalid_client_metadata"}


def test_every_mistake_is_named(admin):
    body = {"redirect_uris": ["http://app.example/"], "tos_uri": "ftp://x"}
    assert fields(admin.post(PATH, body))["tos_uri"] == "invalid_client_metadata"
    wrong = admin.post(PATH, {"redirect_uri": [], "application_type": "desktop"})
    assert set(fields(wrong)) == {"redirect_uri", "application_type"}
    unknown = admin.post(PATH, {**NOTES, "apis": ["https://api.example"]})
    assert problem(unknown) == (400, "invalid_client_metadata")


def test_the_list_goes_on_page_by_page_and_is_searched(admin, make):
    for name in ("b", "a", "d", "c"):
        make.clients.spa(client_name=name)
    first = admin.get(f"{PATH}?limit=3")
    assert names(first) == ["Console", "a", "b"] or names(first) == ["a", "b", "c"]
    rest = admin.get(f"{PATH}?limit=3&cursor={first.json['next_cursor']}")
    assert sorted(names(first) + names(rest)) == ["Console", "a", "b", "c", "d"]
    assert names(admin.get(f"{PATH}?query=CONS")) == ["Console"]
    assert names(admin.get(f"{PATH}?kind=machine")) == []
    assert names(admin.get(f"{PATH}?disabled=true")) == []
    foreign = admin.get(f"{PATH}?query=b&cursor={first.json['next_cursor']}")
    assert fields(foreign) == {"cursor": "invalid_cursor"}


def test_a_part_is_changed_and_the_rest_stays(admin, notes, make):
    api = make.clients.api("https://api.example", "read", "write")
    make.groups.group("ops")
    change = {
        "client_name": "Journal",
        "apis": [api],
        "access": {"groups": ["ops"]},
        "app_roles": ["editor", {"name": "viewer", "groups": ["ops"]}],
    }
    changed = admin.send("PATCH", f"{PATH}/notes", change).json
    assert changed["apis"] == [{"identifier": api, "scopes": None}]
    assert changed["access"] == {"roles": [], "groups": ["ops"], "users": []}
    assert [role["name"] for role in changed["app_roles"]] == ["editor", "viewer"]
    assert changed["redirect_uris"] == [CALLBACK]
    narrower = {"apis": [{"identifier": api, "scopes": ["read"]}], "client_name": None}
    again = admin.send("PATCH", f"{PATH}/notes", narrower).json
    assert (again["client_name"], again["apis"][0]["scopes"]) == ("notes", ["read"])
    assert again["access"] == changed["access"]


def test_all_is_replaced_but_who_may_use_it(admin, notes, make):
    make.groups.group("ops")
    closed = {"access": {"groups": ["ops"]}, "disabled": True, "first_party": True}
    before = admin.send("PATCH", f"{PATH}/notes", closed).json
    other = {"redirect_uris": ["https://app.example/other"], "contacts": ["a@b.de"]}
    after = admin.put(f"{PATH}/notes", other).json
    assert (after["client_name"], after["first_party"]) == ("notes", False)
    assert (after["contacts"], after["redirect_uris"]) == tuple(
        other[name] for name in ("contacts", "redirect_uris")
    )
    assert (after["access"], after["disabled"]) == (before["access"], True)
    opened = admin.put(f"{PATH}/notes", {**other, "access": "everyone"}).json
    assert opened["access"] == "everyone"


def test_a_client_is_turned_off_and_on(admin, notes, make):
    for disabled in (True, True, False):
        body = {"disabled": disabled}
        assert admin.send("PATCH", f"{PATH}/notes", body).json["disabled"] is disabled
    told = make.records.audited_details("client.changed")
    assert [row["changed"] for row in told] == [["disabled"], ["enabled"]]


def test_a_change_names_what_it_has_seen(admin, notes):
    one = f"{PATH}/notes"
    seen = {"If-Match": admin.get(one).headers["ETag"]}
    changed = admin.send(
        "PATCH", one, {"client_name": "Journal", "disabled": True}, headers=seen
    )
    assert changed.status_code == 200
    for method, body in (("PATCH", {"scope": ""}), ("PUT", NOTES), ("DELETE", None)):
        refused = admin.send(method, one, body, headers=seen)
        assert problem(refused) == (412, "precondition_failed")
        differing = {error["field"] for error in refused.json["errors"]}
        assert differing == {"client_name", "disabled"}
    fresh = {"If-Match": changed.headers["ETag"]}
    assert admin.send("DELETE", one, headers=fresh).status_code == 204
    for method, body in (("GET", None), ("PATCH", {}), ("DELETE", None)):
        assert problem(admin.send(method, one, body)) == (404, "unknown_client")


def test_an_id_that_is_a_url_is_one_segment(admin, make):
    client = "https://app.example/id"
    make.clients.web_client(client_id=client)
    one = f"{PATH}/https%3A%2F%2Fapp.example%2Fid"
    assert admin.get(one).json["client_id"] == client
    assert admin.get(f"{one}/secrets").status_code == 200


def test_secrets_come_and_go(admin, notes):
    path = f"{PATH}/notes/secrets"
    (first,) = admin.get(path).json
    only = admin.send("DELETE", f"{path}/{first['id']}")
    assert problem(only) == (409, "last_secret")
    made = admin.post(path, {"overlap_seconds": None}).json
    assert made["client_secret"] != notes["client_secret"]
    assert made["others_expire_at"] is None
    assert problem(admin.post(path, {})) == (409, "too_many_secrets")
    assert [row["id"] for row in admin.get(path).json] == [made["id"], first["id"]]
    for _ in range(2):
        assert admin.send("DELETE", f"{path}/{first['id']}").status_code == 204
    assert fields(admin.post(path, {"overlap_seconds": -1})) == {
        "overlap_seconds": "out_of_range"
    }
    soon = admin.post(path, {"overlap_seconds": 60}).json
    assert soon["others_expire_at"] is not None
    admin.send("PATCH", f"{PATH}/notes", {"token_endpoint_auth_method": "none"})
    assert problem(admin.post(path, {})) == (409, "uses_no_secret")


def test_nobody_gives_a_client_what_they_may_not_do(admin, make):
    machine = {"grant_types": ["client_credentials"], "scope": "admin:api_keys"}
    refused = admin.post(PATH, {"client_name": "Script", **machine})
    assert problem(refused) == (403, "permission_beyond")
    strong = make.clients.machine_client(scope="admin:api_keys").client_id
    for method, path in (("PATCH", strong), ("POST", f"{strong}/secrets")):
        assert problem(admin.send(method, f"{PATH}/{path}", {})) == (
            403,
            "permission_beyond",
        )


def test_a_registration_leaves_a_row_with_who_may_use_it(admin, make):
    make.groups.group("ops")
    body = {**NOTES, "access": {"groups": ["ops"]}, "app_roles": ["editor"]}
    assert admin.post(PATH, body).status_code == 201
    after = make.records.audited_details("client.created")[-1]["after"]
    assert len(after["access"]["groups"]) == 1
    assert [role["name"] for role in after["app_roles"]] == ["editor"]


@pytest.mark.parametrize("role", ["owner", "admin", "support", "auditor", None])
def test_who_may_read_and_who_may_change(app, make, role):
    make.clients.spa()
    client = make.clients.web_client().client_id
    caller = Program(app.test_client(use_cookies=False))
    caller.sign_in(make.users.account(roles=[role] if role else []))
    may_change, may_read = role in {"owner", "admin"}, role is not None
    for path in (PATH, f"{PATH}/{client}", f"{PATH}/{client}/secrets"):
        assert (caller.get(path).status_code == 200) is may_read
    for method, path, body in (
        ("POST", PATH, NOTES),
        ("PUT", f"{PATH}/{client}", NOTES),
        ("PATCH", f"{PATH}/{client}", {}),
        ("POST", f"{PATH}/{client}/secrets", {}),
        ("DELETE", f"{PATH}/{client}", None),
    ):
        answer = caller.send(method, path, body)
        assert (answer.status_code < 300) is may_change, answer.text
        assert may_change or problem(answer) == (403, "not_permitted")
