"""/api/admin/keys: reading and rotating the keys that sign tokens."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from idp.core.db import db
from idp.oauth.keys import rotation
from idp.security.models import AuditEvent
from tests.api.callers import problem

PATH = "/api/admin/keys"
ROTATE = f"{PATH}/rotate"
CALLERS = 4


@pytest.fixture
def environ():
    return {"IDP_THREADS": str(CALLERS)}


@pytest.fixture(autouse=True)
def first_keys(app):
    with app.app_context():
        rotation.ensure_keys()
        db.session.commit()


@pytest.fixture
def root(make):
    return make.users.account("root@example.com", roles=["owner"])


@pytest.fixture
def owner(program, root, make):
    """A program of an owner who signed in just now."""
    make.clients.spa()
    program.sign_in(root)
    return program


def states(caller) -> list[tuple[str, str]]:
    keys = caller.get(PATH).json["items"]
    return [(key["algorithm"], key["state"]) for key in keys]


def rotations(app) -> list[AuditEvent]:
    with app.app_context():
        of_keys = select(AuditEvent).where(AuditEvent.event == "key.rotated")
        return list(db.session.scalars(of_keys.order_by(AuditEvent.occurred_at)))


def test_keys_are_listed_without_their_private_parts(owner):
    answer = owner.get(PATH)
    rs256 = answer.json["items"][1]
    assert states(owner) == [("ES256", "signing"), ("RS256", "signing")]
    assert rs256["retires_at"] is None
    assert rs256["signs_from"] < rs256["signs_until"]
    assert "private" not in answer.text
    assert '"d"' not in answer.text


def test_a_rotation_publishes_keys_that_sign_a_day_later(owner, root, clock):
    answer = owner.post(ROTATE, {})
    assert answer.status_code == 200
    assert len(answer.json["kids"]) == 2
    assert [key["state"] for key in answer.json["items"]] == ["next", "signing"] * 2
    following, signing = answer.json["items"][:2]
    assert signing["signs_until"] == following["signs_from"]
    clock.tick(hours=25)
    owner.sign_in(root)
    assert [state for _, state in states(owner)] == ["signing", "published"] * 2


def test_a_rotation_is_told_with_who_what_was_and_what_is(owner, app, root):
    before = {key["algorithm"]: key["kid"] for key in owner.get(PATH).json["items"]}
    kids = owner.post(ROTATE, {}).json["kids"]
    rows = rotations(app)[-2:]
    assert {row.user_id for row in rows} == {root.id}
    assert [row.detail["after"]["kid"] for row in rows] == kids
    assert {row.detail["before"]["kid"] for row in rows} == set(before.values())
    assert "private" not in json.dumps([row.detail for row in rows])


def test_a_key_that_waits_is_followed_by_none_unless_it_cannot_wait(owner):
    owner.post(ROTATE, {})
    assert problem(owner.post(ROTATE, {})) == (409, "key_waits")
    assert owner.post(ROTATE, {"now": True}).status_code == 200


def test_an_emergency_key_signs_within_seconds_and_what_waited_is_over(owner, clock):
    owner.post(ROTATE, {})
    owner.post(ROTATE, {"now": True})
    clock.tick(seconds=30)
    assert states(owner)[:3] == [
        ("ES256", "signing"),
        ("ES256", "published"),
        ("ES256", "published"),
    ]


def test_a_key_is_retired_when_nothing_it_signed_is_good(owner, root, clock):
    owner.post(ROTATE, {"now": True})
    clock.tick(days=2)
    owner.sign_in(root)
    assert states(owner)[1] == ("ES256", "retired")


def test_a_revoked_key_is_followed_at_once(owner, spa, root, clock):
    kid = owner.get(PATH).json["items"][1]["kid"]  # no token of the owner's is by it
    answer = owner.post(f"{PATH}/{kid}/revoke", {})
    assert [key["state"] for key in answer.json["items"]][1:] == ["signing", "revoked"]
    assert answer.json["successor"] == answer.json["items"][1]["kid"]
    assert owner.post(f"{PATH}/{kid}/revoke", {}).json["successor"] is None
    assert problem(owner.post(f"{PATH}/unknown/revoke", {})) == (404, "no_such_key")
    spa.sign_in(root)
    clock.tick(minutes=11)
    refused = spa.post(f"{PATH}/{kid}/revoke", {})
    assert problem(refused) == (403, "reauthentication_required")


def test_a_rotation_wants_a_proof_of_the_last_minutes(spa, root, clock):
    spa.sign_in(root)
    clock.tick(minutes=9, seconds=50)
    assert spa.post(ROTATE, {}).status_code == 200
    clock.tick(minutes=2)
    answer = spa.post(ROTATE, {"now": True})
    assert problem(answer) == (403, "reauthentication_required")


@pytest.mark.parametrize("_", range(5))
def test_of_several_rotations_at_once_one_makes_keys(app, _):
    together = Barrier(CALLERS)

    def rotate_once() -> list[str]:
        with app.app_context():
            together.wait()
            try:
                kids = rotation.rotate()
            except rotation.KeyWaits:
                return []
            db.session.commit()
            return kids

    with ThreadPoolExecutor(CALLERS) as pool:
        made = list(pool.map(lambda _: rotate_once(), range(CALLERS)))
    with app.app_context():
        generations = db.session.execute(
            select(rotation.SigningKey.algorithm, rotation.SigningKey.generation)
        ).all()
    assert sorted(generations) == [
        ("ES256", 1),
        ("ES256", 2),
        ("RS256", 1),
        ("RS256", 2),
    ]
    assert sum(map(len, made)) == 2
