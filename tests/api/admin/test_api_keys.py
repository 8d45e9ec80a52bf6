"""/api/admin/api-keys, and what programs do with a key."""

import pytest
from sqlalchemy import select

from idp.accounts.access.permissions import OWNERS_ALONE
from idp.administration.models import ApiKey
from idp.core.clock import utcnow
from idp.core.db import db
from idp.security.models import AuditEvent
from tests.api.callers import Program, fields, problem

PATH = "/api/admin/api-keys"
USERS = "/api/users"


@pytest.fixture
def root(make):
    return make.users.account("root@example.com", roles=["owner"])


@pytest.fixture
def owner(program, root):
    """A program of an owner who signed in just now."""
    program.sign_in(root)
    return program


@pytest.fixture
def made(owner):
    """Make keys as the owner; return the answer."""

    def make_key(*permissions, name="deploy", **more):
        body = {"name": name, "permissions": list(permissions), **more}
        answer = owner.post(PATH, body)
        assert answer.status_code == 201, answer.text
        return answer.json

    return make_key


@pytest.fixture
def script(app):
    """Return a program that shows a key."""

    def holder(key: str) -> Program:
        program = Program(app.test_client(use_cookies=False))
        program.headers = {"Authorization": f"Bearer {key}"}
        return program

    return holder


def row_of(app, key_id) -> ApiKey:
    with app.app_context():
        return db.session.get_one(ApiKey, key_id)


def test_a_key_is_told_once_and_stored_as_its_digest(owner, made, app, root):
    key = made("users.read", "users.create")
    assert key["key"].startswith("idpk_")
    assert len(key["key"]) == 48
    assert key["created_by"] == root.id
    (listed,) = owner.get(PATH).json["items"]
    assert listed == {name: value for name, value in key.items() if name != "key"}
    assert key["key"].startswith(listed["prefix"])
    with app.app_context():
        columns = db.session.execute(select(ApiKey.__table__)).one()
    assert key["key"] not in map(str, columns)


def test_making_and_revoking_leave_a_row_each_without_the_text(owner, made, app):
    key = made("users.read")
    assert owner.send("DELETE", f"{PATH}/{key['id']}").status_code == 204
    with app.app_context():
        of_keys = select(AuditEvent).where(AuditEvent.event.startswith("api_key."))
        created, revoked = db.session.scalars(of_keys.order_by(AuditEvent.id))
    kept = {"name": "deploy", "permissions": ["users.read"]}
    assert created.detail["after"].items() >= kept.items()
    assert revoked.detail["before"] == created.detail["after"]
    assert "idpk_" not in str([created.detail, revoked.detail])
    again = owner.send("DELETE", f"{PATH}/{key['id']}")
    assert problem(again) == (404, "no_such_api_key")


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"name": " "}, {"name": "missing"}),
        ({"permissions": []}, {"permissions"}),
        ({"permissions": ["users.fly"]}, {"permissions.0"}),
        ({"expires_at": "2000-01-01T00:00:00Z"}, {"expires_at": "invalid"}),
        ({"expires_at": "2100-01-01T00:00:00Z"}, {"expires_at": "invalid"}),
        ({"expires_at": "2026-12-01T00:00:00"}, {"expires_at"}),
        ({"permissions": ["users.roles"]}, {"dangerous": "required"}),
    ],
)
def test_what_no_key_can_be_is_refused(owner, body, wrong):
    answer = owner.post(PATH, {"name": "k", "permissions": ["users.read"], **body})
    found = fields(answer)
    assert found == wrong if isinstance(wrong, dict) else set(found) == wrong


@pytest.mark.parametrize("permission", sorted(OWNERS_ALONE))
def test_what_is_for_owners_alone_has_to_be_meant(made, permission):
    assert made(permission, dangerous=True)["permissions"] == [permission]


@pytest.mark.parametrize("roles", [["admin"], ["support"], ["auditor"], []])
def test_owners_alone_have_keys(program, make, roles):
    program.sign_in(make.users.account(roles=roles))
    body = {"name": "k", "permissions": ["users.read"]}
    assert problem(program.get(PATH)) == (403, "not_permitted")
    assert problem(program.post(PATH, body)) == (403, "not_permitted")
    assert problem(program.send("DELETE", f"{PATH}/x")) == (403, "not_permitted")


def test_a_key_wants_a_fresh_sign_in_to_be_made_and_none_to_be_used(
    spa, root, script, clock
):
    spa.sign_in(root)
    body = {"name": "k", "permissions": ["users.read", "users.create"]}
    key = spa.post(PATH, body).json
    clock.tick(minutes=11)
    assert problem(spa.post(PATH, body)) == (403, "reauthentication_required")
    answer = script(key["key"]).post(USERS, {"email": "new@example.com"})
    assert answer.status_code == 201


def test_a_key_does_what_it_names_and_nothing_else(made, script, make, app):
    key = made("users.read", "users.disable")
    ada = make.users.account("ada@example.com")
    program = script(key["key"])
    assert program.get(f"{USERS}?query=ada").json["items"][0]["id"] == ada.id
    path = f"/api/accounts/{ada.id}"
    changed = program.send("PATCH", path, {"status": "disabled"})
    assert changed.json["status"] == "disabled"
    refused = program.send("PATCH", path, {"roles": ["admin"]})
    assert problem(refused) == (403, "not_permitted")
    refused = program.send("DELETE", f"{USERS}/{ada.id}")
    assert problem(refused) == (403, "not_permitted")
    with app.app_context():
        acts = select(AuditEvent).where(AuditEvent.event == "admin.action")
        rows = db.session.scalars(acts.order_by(AuditEvent.id)).all()
    assert [row.outcome for row in rows] == ["ok", "refused", "refused"]
    assert {row.actor for row in rows} == {f"api_key:{key['id']}"}
    assert {row.user_id for row in rows} == {None}


def test_a_key_is_no_user_not_even_the_one_who_made_it(made, script, root):
    program = script(made("users.create")["key"])
    assert problem(program.get("/auth/me")) == (401, "invalid_token")
    assert problem(program.get("/account/profile")) == (401, "invalid_token")
    own = program.send("PATCH", f"{USERS}/{root.id}", {"nickname": "x"})
    assert problem(own) == (404, "no_such_user")


def test_a_key_gives_no_role_that_holds_more_than_it_does(made, script, make):
    key = made("users.read", "users.roles", dangerous=True)
    ada = make.users.account("ada@example.com")
    answer = script(key["key"]).send(
        "PATCH", f"/api/accounts/{ada.id}", {"roles": ["support"]}
    )
    assert problem(answer) == (403, "role_beyond")


def test_what_a_key_is_told_no_page_of_a_client_reads(made, script, make):
    make.clients.spa(redirect_uris=["https://app.example/cb"])
    program = script(made("users.read")["key"])
    answer = program.get(USERS, headers={"Origin": "https://app.example"})
    assert answer.status_code == 200
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_key_makes_no_keys(made, script):
    program = script(made("api_keys", "users.read", dangerous=True)["key"])
    body = {"name": "k", "permissions": ["users.read"]}
    assert problem(program.post(PATH, body)) == (403, "not_permitted")
    assert program.get(PATH).status_code == 200


def test_a_key_loses_what_whoever_made_it_loses(made, script, make, owner, root):
    program = script(made("users.read", "users.delete")["key"])
    ada = make.users.account("ada@example.com")
    make.users.account(roles=["owner"])
    owner.send("PATCH", f"/api/accounts/{root.id}", {"roles": ["support"]})
    assert program.get(USERS).status_code == 200
    refused = program.send("DELETE", f"{USERS}/{ada.id}")
    assert problem(refused) == (403, "not_permitted")


def test_the_key_of_a_disabled_user_does_nothing(made, script, make, owner, root):
    program = script(made("users.read")["key"])
    make.users.account(roles=["owner"])
    owner.send("PATCH", f"/api/accounts/{root.id}", {"status": "disabled"})
    assert problem(program.get(USERS)) == (403, "not_permitted")


def test_a_revoked_and_an_expired_key_are_worth_nothing(made, script, owner, clock):
    revoked, expired = made("users.read"), made("users.read")
    owner.send("DELETE", f"{PATH}/{revoked['id']}")
    assert problem(script(revoked["key"]).get(USERS)) == (401, "invalid_token")
    assert script(expired["key"]).get(USERS).status_code == 200
    clock.tick(days=91)
    assert problem(script(expired["key"]).get(USERS)) == (401, "invalid_token")


@pytest.mark.parametrize("text", ["idpk_", "idpk_" + "x" * 43, "idpk_ü"])
def test_a_made_up_key_is_worth_nothing(script, text):
    assert problem(script(text).get(USERS)) == (401, "invalid_token")


def test_the_last_use_is_noted_every_five_minutes_also_of_what_was_refused(
    made, script, app, clock
):
    key = made("users.create")
    assert row_of(app, key["id"]).last_used_at is None
    begun = utcnow()
    program = script(key["key"])
    assert problem(program.get(USERS)) == (403, "not_permitted")
    first = row_of(app, key["id"])
    assert first.last_used_at >= begun
    assert first.last_ip == "127.0.0.1"
    clock.tick(minutes=4)
    program.get(USERS)
    assert row_of(app, key["id"]).last_used_at == first.last_used_at
    clock.tick(minutes=2)
    program.get(USERS)
    assert row_of(app, key["id"]).last_used_at > first.last_used_at


def test_a_key_is_taken_though_a_browser_is_signed_in(made, script, app, spa, make):
    key = made("users.create")
    spa.sign_in(make.users.account("ada@example.com"))
    answer = spa.client.post(
        USERS,
        json={"email": "new@example.com"},
        headers={"Authorization": f"Bearer {key['key']}"},
    )
    assert answer.status_code == 201


def test_the_list_goes_on_by_cursor(made, owner):
    names = [made("users.read", name=f"k{n}")["name"] for n in range(3)]
    first = owner.get(f"{PATH}?limit=2").json
    rest = owner.get(f"{PATH}?limit=2&cursor={first['next_cursor']}").json
    found = [item["name"] for item in first["items"] + rest["items"]]
    assert found == names[::-1]
    assert rest["next_cursor"] is None


def test_one_key_is_shown_and_ended_as_it_was_seen(owner, made):
    key = made("users.read")
    one = f"{PATH}/{key['id']}"
    shown = owner.get(one)
    assert shown.json == {name: key[name] for name in key if name != "key"}
    seen = {"If-Match": shown.headers["ETag"]}
    stale = owner.send("DELETE", one, headers={"If-Match": '"a-b-c"'})
    assert problem(stale) == (412, "precondition_failed")
    assert owner.send("DELETE", one, headers=seen).status_code == 204
    ended = owner.get(one)
    assert ended.json["revoked_at"]
    assert ended.headers["ETag"] != shown.headers["ETag"]
    again = owner.send("DELETE", one, headers=seen)
    assert problem(again) == (412, "precondition_failed")
    assert [error["field"] for error in again.json["errors"]] == ["revoked_at"]
    assert problem(owner.get(f"{PATH}/{'0' * 32}")) == (404, "no_such_api_key")
