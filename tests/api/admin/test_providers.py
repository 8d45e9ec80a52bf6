"""/api/admin/providers."""

import pytest

from tests.api.callers import fields, problem

PATH = "/api/admin/providers"
ACME = {
    "id": "acme",
    "name": "Acme",
    "issuer": "https://login.acme.example",
    "client_id": "us-at-acme",
    "client_secret": "hush hush",
    "scopes": ["openid", "email"],
}


@pytest.fixture
def admin(program, make):
    """A program of an admin who signed in just now."""
    make.clients.spa()
    program.sign_in(make.users.account(roles=["admin"]))
    return program


@pytest.fixture
def acme(admin) -> dict:
    return admin.post(PATH, ACME).json


def test_a_provider_is_added_shown_and_listed_and_its_secret_never(admin, acme):
    assert (acme["id"], acme["has_secret"], acme["linked"]) == ("acme", True, 0)
    assert acme["redirect_uri"] == "https://idp.example/oauth2/callback/acme"
    assert (acme["link"], acme["trust_email"], acme["enforced"]) == (
        "ask",
        False,
        False,
    )
    one = admin.get(f"{PATH}/acme")
    assert one.json == acme
    assert admin.get(PATH).json == {"items": [acme], "next_cursor": None}
    assert "hush" not in one.text


def test_a_preset_says_most_of_it(admin):
    body = {"id": "gh", "preset": "github", "client_id": "us", "client_secret": "x"}
    made = admin.post(PATH, body)
    assert made.status_code == 201
    assert (made.json["kind"], made.json["name"]) == ("oauth2", "GitHub")
    assert made.json["claims"]["sub"] == "id"
    wrong = admin.post(PATH, {"id": "ms", "preset": "microsoft", "tenant": "common"})
    assert fields(wrong) == {"tenant": "invalid_provider"}


def test_what_is_wrong_is_said_field_by_field(admin, acme):
    assert problem(admin.post(PATH, ACME)) == (409, "provider_id_taken")
    odd = {**ACME, "id": "b", "issuer": "http://b.example", "client_secret": None}
    assert set(fields(admin.post(PATH, odd))) == {"issuer", "client_secret"}
    assert problem(admin.post(PATH, {**ACME, "colour": "red"}))[0] == 400


def test_a_part_is_changed_and_all_is_replaced(admin, acme):
    one = f"{PATH}/acme"
    part = admin.send("PATCH", one, {"domains": ["acme.example"], "enforced": True})
    assert (part.json["enforced"], part.json["name"]) == (True, "Acme")
    off = admin.send("PATCH", one, {"disabled": True}).json
    assert off["disabled_at"] is not None
    assert off["enforced"] is True
    whole = {name: value for name, value in ACME.items() if name != "id"}
    replaced = admin.put(one, whole | {"client_secret": None}).json
    assert (replaced["enforced"], replaced["disabled_at"]) == (False, None)
    assert replaced["has_secret"]


def test_a_key_of_our_own_is_made_and_its_public_half_is_shown(admin, acme):
    changed = admin.send("PATCH", f"{PATH}/acme", {"auth_method": "private_key_jwt"})
    shown = changed.json["public_jwk"]
    assert (shown["kty"], shown["kid"]) == ("EC", changed.json["key_id"])
    assert "d" not in shown


def test_a_change_names_what_it_has_seen(admin, acme):
    one = f"{PATH}/acme"
    seen = {"If-Match": admin.get(one).headers["ETag"]}
    changed = admin.send("PATCH", one, {"client_secret": "newer"}, headers=seen)
    for method, body in (("PATCH", {"name": "N"}), ("DELETE", None)):
        refused = admin.send(method, one, body, headers=seen)
        assert problem(refused) == (412, "precondition_failed")
        named = [error["field"] for error in refused.json["errors"]]
        assert named == ["client_secret"]
    fresh = {"If-Match": changed.headers["ETag"]}
    assert admin.send("DELETE", one, headers=fresh).status_code == 204
    for method, body in (("GET", None), ("PATCH", {}), ("DELETE", None)):
        assert problem(admin.send(method, one, body)) == (404, "unknown_provider")


def test_a_create_that_is_sent_again_is_answered_as_before(admin, make):
    key = {"Idempotency-Key": "one"}
    first = admin.send("POST", PATH, ACME, headers=key)
    again = admin.send("POST", PATH, ACME, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert len(make.records.audited_details("provider.created")) == 1


def test_the_list_goes_on_page_by_page_in_their_order_and_is_searched(admin):
    for place, letter in enumerate("bdac"):
        admin.post(PATH, {**ACME, "id": letter, "name": letter, "position": place})
    first = admin.get(f"{PATH}?limit=3").json
    rest = admin.get(f"{PATH}?limit=3&cursor={first['next_cursor']}").json
    assert [each["id"] for each in first["items"] + rest["items"]] == list("bdac")
    [found] = admin.get(f"{PATH}?query=D").json["items"]
    assert found["id"] == "d"


def test_an_admin_cannot_let_it_give_roles_and_an_owner_can(admin, acme, make):
    body = {"groups_claim": "groups", "roles": {"desk": "support"}}
    refused = admin.send("PATCH", f"{PATH}/acme", body)
    assert problem(refused) == (403, "permission_beyond")
    admin.sign_in(make.users.account(roles=["owner"]))
    assert admin.send("PATCH", f"{PATH}/acme", body).status_code == 200


def test_who_people_are_linked_to_stays_who_it_is(admin, acme, make):
    make.providers.link("acme", make.users.account("grace@example.com").id)
    other = {"issuer": "https://evil.example"}
    refused = admin.send("PATCH", f"{PATH}/acme", other)
    assert problem(refused) == (409, "provider_in_use")
    assert set(fields(refused)) == {"issuer"}
    assert admin.get(f"{PATH}/acme").json["linked"] == 1


def test_a_test_says_where_it_failed(admin, acme, make):
    there = {"issuer": "https://127.0.0.1", "client_secret": "typed anew"}
    assert admin.send("PATCH", f"{PATH}/acme", there).status_code == 200
    done = admin.post(f"{PATH}/acme/test")
    assert (done.status_code, done.json["passed"]) == (200, False)
    assert (done.json["step"], done.json["error"]) == (
        "discovery",
        "blocked_address",
    )
    assert "private network" in done.json["message"]
    assert make.records.audited_details("provider.tested")[0]["provider"] == "acme"
    assert problem(admin.post(f"{PATH}/nobody/test")) == (404, "unknown_provider")
