"""`Idempotency-Key`: what is sent again is done once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from idp.accounts.access.permissions import OPERATOR
from idp.administration import idempotency, jobs
from idp.administration.api_keys import WantedKey, create_api_key
from idp.administration.models import IdempotentAnswer
from idp.core.clock import utcnow
from idp.core.db import db
from idp.web.json.body import shapes_of
from idp.web.json.operations import operation_of
from tests.api.callers import Program, bearer, problem

GROUPS, CLIENTS = "/api/admin/groups", "/api/admin/clients"
OPS = {"name": "ops"}
NOTES = {"client_name": "Notes", "redirect_uris": ["https://app.example/callback"]}
AT_ONCE = 6
# What answers call what is told once.
SECRETS = {"client_secret", "key", "registration", "url"}
NAMES = {("/api/admin/attributes", "key")}  # an attribute's key is its name


@pytest.fixture
def environ():
    return {"IDP_THREADS": str(AT_ONCE + 2)}


@pytest.fixture
def owner(program, make):
    """A program of an owner who signed in just now."""
    make.clients.spa()
    program.sign_in(make.users.account(roles=["owner"]))
    return program


@pytest.fixture
def script(app):
    """A program with an API key."""
    with app.app_context():
        wanted = WantedKey("script", sorted(OPERATOR), dangerous=True)
        text = create_api_key(wanted, held=OPERATOR).text
        db.session.commit()
    program = Program(app.test_client(use_cookies=False))
    program.headers = bearer({"access_token": text})
    return program


def send(caller, path, body, key="k1"):
    return caller.post(path, body, headers={"Idempotency-Key": key})


def kept(app) -> list[IdempotentAnswer]:
    with app.app_context():
        return list(db.session.scalars(select(IdempotentAnswer)))


def group_names(caller) -> list[str]:
    return [item["name"] for item in caller.get(GROUPS).json["items"]]


def test_the_same_request_is_answered_as_before_and_does_nothing(owner, make):
    first = send(owner, GROUPS, OPS)
    again = send(owner, GROUPS, OPS)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert len(make.records.audited("group.created")) == 1


def test_users_are_made_once_too(owner, make):
    body = {"email": "ada@example.org", "name": "Ada"}
    first, again = send(owner, "/api/users", body), send(owner, "/api/users", body)
    assert again.json == first.json
    assert again.headers["Location"] == first.headers["Location"]
    assert len(make.records.mails_to("ada@example.org")) == 1


def test_another_request_with_the_same_key_is_refused(owner):
    send(owner, GROUPS, OPS)
    other = send(owner, GROUPS, {"name": "dev"})
    assert problem(other) == (422, "idempotency_key_reused")
    elsewhere = send(owner, CLIENTS, NOTES)
    assert problem(elsewhere) == (422, "idempotency_key_reused")
    assert group_names(owner) == ["ops"]


def test_keys_are_of_their_callers_and_may_stand_in_quotes(owner, script):
    assert send(owner, GROUPS, OPS).status_code == 201
    assert send(script, GROUPS, {"name": "dev"}, key='"k1"').status_code == 201
    again = send(script, GROUPS, {"name": "dev"})
    assert again.headers["Idempotent-Replayed"] == "true"
    assert group_names(owner) == ["dev", "ops"]


def test_a_secret_is_neither_kept_nor_told_again(app, owner):
    made = send(owner, CLIENTS, NOTES).json
    again = send(owner, CLIENTS, NOTES)
    assert problem(again) == (409, "secret_shown_once")
    (named,) = again.json["errors"]
    assert named["field"] == "client_id"
    assert made["client_id"] in named["message"]
    secrets = f"{CLIENTS}/{made['client_id']}/secrets"
    second = send(owner, secrets, {}, key="k2").json
    refused = send(owner, secrets, {}, key="k2")
    assert problem(refused) == (409, "secret_shown_once")
    assert second["id"] in refused.json["errors"][0]["message"]
    body = {"name": "script", "permissions": ["users.read"]}
    key = send(owner, "/api/admin/api-keys", body, key="k3").json["key"]
    assert problem(send(owner, "/api/admin/api-keys", body, key="k3"))[0] == 409
    bodies = "".join(row.body for row in kept(app))
    assert made["client_id"] in bodies
    for secret in (made["client_secret"], second["client_secret"], key):
        assert secret not in bodies


def test_a_client_without_a_secret_is_told_again(owner):
    public = {**NOTES, "token_endpoint_auth_method": "none"}
    first, again = send(owner, CLIENTS, public), send(owner, CLIENTS, public)
    assert again.json == first.json


def test_what_was_refused_leaves_nothing_and_may_be_sent_again(app, owner, make):
    make.groups.group("ops")
    assert problem(send(owner, GROUPS, OPS)) == (409, "group_name_taken")
    assert kept(app) == []
    assert send(owner, GROUPS, {"name": "dev"}).status_code == 201


def test_a_key_counts_for_a_day(app, owner, script, clock):
    assert send(script, GROUPS, OPS).status_code == 201
    clock.tick(hours=23, minutes=59)
    assert send(script, GROUPS, OPS).status_code == 201
    clock.tick(minutes=1)
    assert problem(send(script, GROUPS, OPS)) == (409, "group_name_taken")


def test_old_answers_are_purged(app, script, clock):
    send(script, GROUPS, OPS)
    clock.tick(hours=12)
    send(script, GROUPS, {"name": "dev"}, key="k2")
    clock.tick(hours=12)
    with app.app_context():
        assert jobs.purge_answers(utcnow()) == 1
        db.session.commit()
    assert [row.key for row in kept(app)] == ["k2"]


@pytest.mark.parametrize("key", ["", '""', "x" * 256, "schl\xfcssel", "a\tb"])
def test_a_key_that_is_none_is_refused(owner, key):
    assert problem(send(owner, GROUPS, OPS, key=key)) == (
        400,
        "invalid_idempotency_key",
    )
    assert group_names(owner) == []


def test_who_is_unknown_has_no_keys(app, http, make):
    body = {"email": "ada@example.org", "password": "correct horse battery staple"}
    stranger = Program(app.test_client(use_cookies=False))
    for _ in range(2):
        answer = send(stranger, "/api/users", body)
        assert "Idempotent-Replayed" not in answer.headers
    assert kept(app) == []


def test_a_request_that_died_makes_place_after_a_minute_and_is_undone(app, clock):
    asked = {"asked": "POST /", "user_id": None}
    answer = idempotency.KeptAnswer(201, {}, "{}")
    with app.app_context():
        first = idempotency.claim_key("operator", "k1", **asked)
        db.session.commit()
        with pytest.raises(idempotency.StillAtWork):
            idempotency.claim_key("operator", "k1", **asked)
        clock.tick(minutes=1)
        second = idempotency.claim_key("operator", "k1", **asked)
        with pytest.raises(idempotency.StillAtWork):
            idempotency.keep_answer(first, answer, shown_once=())
        idempotency.release_key(first)
        idempotency.keep_answer(second, answer, shown_once=())
        db.session.commit()
        assert idempotency.claim_key("operator", "k1", **asked) == answer


def test_every_create_says_which_of_its_fields_are_shown_once(app):
    with app.app_context():
        found = {
            operation.path: (operation.shown_once, operation.answers[201])
            for operation in map(operation_of, app.view_functions)
            if operation and operation.repeatable
        }
    assert len(found) >= 6
    for path, (shown_once, kind) in found.items():
        told = {name for shape in shapes_of(kind) for name in shape.model_fields}
        secrets = {name for name in told & SECRETS if (path, name) not in NAMES}
        assert set(shown_once) == secrets, path


@pytest.mark.parametrize("_round", range(4))
@pytest.mark.parametrize(("path", "body"), [(GROUPS, OPS), (CLIENTS, NOTES)])
def test_of_the_same_at_once_one_is_done(app, owner, make, path, body, _round):
    def create(_number):
        caller = Program(app.test_client(use_cookies=False))
        caller.headers = owner.headers
        return send(caller, path, body)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(create, range(AT_ONCE)))
    done = [
        answer
        for answer in answers
        if answer.status_code == 201 and "Idempotent-Replayed" not in answer.headers
    ]
    assert len(done) == 1
    for answer in answers:
        if answer.status_code == 409:
            busy = answer.json["code"] == "request_in_progress"
            assert busy or (
                answer.json["code"] == "secret_shown_once" and "client" in path
            )
            assert not busy or answer.headers["Retry-After"] == "1"
        else:
            assert answer.json == done[0].json
    event = "group.created" if path == GROUPS else "client.created"
    assert len(make.records.audited(event)) == (1 if path == GROUPS else 2)
