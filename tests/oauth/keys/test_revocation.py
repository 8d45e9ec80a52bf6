"""Signing keys that are revoked: what they signed proves nothing, anywhere."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from idp.app import create_app
from idp.core.db import db
from idp.oauth import jobs
from idp.oauth.keys import rotation
from idp.oauth.keys.listing import list_keys
from idp.oauth.keys.revocation import NoSuchKey, revoke
from idp.ops.processes.cache_watch import CacheWatch
from idp.security.models import AuditEvent
from tests.oauth.calls import client_credentials, verified
from tests.oauth.signing_out import sign_in_at

JWKS = "/.well-known/jwks.json"
USERINFO = "/oauth2/userinfo"


@pytest.fixture
def environ():
    return {"IDP_THREADS": "2"}


@pytest.fixture
def elsewhere(app, settings):
    """Another node on the same database."""
    made = create_app(settings)
    made.test_client_class = app.test_client_class
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def tokens(http, make):
    """What an app was given for a user."""
    browser = make.browsers.sign_in(http)
    return sign_in_at(http, make, make.clients.client(), person=browser.person)


def change(app, rule, *given, **how):
    with app.app_context():
        done = rule(*given, **how)
        db.session.commit()
        return done


def states(app, algorithm="ES256") -> dict[str, str]:
    with app.app_context():
        keys = [key for key in list_keys() if key.algorithm == algorithm]
        return {key.kid: key.state for key in keys}


def kid_of(http, token: str) -> str:
    return verified(http, token).header["kid"]


def published(http) -> set[str]:
    return {key["kid"] for key in http.get(JWKS).json["keys"]}


def test_what_a_revoked_key_signed_is_refused_on_every_node(
    app, http, tokens, elsewhere
):
    nodes = [http, elsewhere.test_client()]
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    tags = {node.get(JWKS).headers["ETag"] for node in nodes}
    for node in nodes:
        assert node.get(USERINFO, headers=bearer).status_code == 200
    kids = [kid_of(http, tokens[name]) for name in ("access_token", "id_token")]
    for kid in kids:
        change(app, revoke, kid)
    for each in (app, elsewhere):
        CacheWatch(each).look()
    for node in nodes:
        assert node.get(USERINFO, headers=bearer).status_code == 401
        assert published(node).isdisjoint(kids)
        again = node.get(JWKS, headers={"If-None-Match": ", ".join(tags)})
        assert again.status_code == 200
        hint = {"id_token_hint": tokens["id_token"]}
        assert node.post("/oauth2/logout", data=hint).status_code == 400


def test_the_next_key_signs_in_its_place_or_one_made_for_that(app, http, make, clock):
    machine = make.clients.machine_client()
    first = kid_of(http, client_credentials(http, machine).json["access_token"])
    second = change(app, revoke, first)
    assert states(app) == {second: "signing", first: "revoked"}
    (third,) = change(app, rotation.rotate)
    assert change(app, revoke, second) == third
    fresh = client_credentials(http, machine).json["access_token"]
    assert kid_of(http, fresh) == third
    assert states(app) == {third: "signing", second: "revoked", first: "revoked"}
    clock.tick(days=3)
    assert kid_of(http, client_credentials(http, machine).json["access_token"]) == third


def test_a_next_key_that_is_revoked_ends_nobody_elses_time(app, http, make, clock):
    machine = make.clients.machine_client()
    first = kid_of(http, client_credentials(http, machine).json["access_token"])
    (following,) = change(app, rotation.rotate)
    assert change(app, revoke, following) is None
    clock.tick(days=3)
    assert kid_of(http, client_credentials(http, machine).json["access_token"]) == first
    (third,) = change(app, rotation.rotate)
    clock.tick(days=1)
    assert states(app) == {third: "signing", following: "revoked", first: "published"}
    change(app, revoke, first)
    assert first not in published(http)
    clock.tick(days=31)
    change(app, jobs.rotate_keys)
    assert states(app) == {third: "signing"}


def test_a_revocation_is_told_once_and_of_a_key_that_there_is(app, make):
    make.clients.machine_client()
    (kid,) = states(app)
    successor = change(app, revoke, kid)
    assert change(app, revoke, kid) is None
    with app.app_context():
        told = select(AuditEvent).where(AuditEvent.event == "key.revoked")
        (row,) = db.session.scalars(told).all()
        assert row.detail["kid"] == kid
        assert row.detail["after"] == {"kid": successor}
        with pytest.raises(NoSuchKey):
            revoke("no key")


def test_revoking_the_key_that_signs_and_the_next_at_once_leaves_one_that_signs(
    app, http, make
):
    machine = make.clients.machine_client()
    change(app, rotation.rotate)
    together = Barrier(2, timeout=30)

    def revoke_one(kid: str) -> None:
        with app.app_context():
            together.wait()
            revoke(kid)
            db.session.commit()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(revoke_one, states(app)))
    assert sorted(states(app).values()) == ["revoked", "revoked", "signing"]
    assert client_credentials(http, machine).status_code == 200
