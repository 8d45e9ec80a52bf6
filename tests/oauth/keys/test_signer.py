"""The life of signing keys."""

import json

import pytest
from joserfc.jwk import ECKey

from idp.core.context import current
from idp.core.db import db
from idp.core.sealing import Keyring, SealBroken
from idp.oauth import jobs
from idp.oauth.keys import rotation
from idp.oauth.keys.signer import NoSigningKey, Signer
from idp.oauth.models import SigningKey
from tests.oauth.calls import client_credentials, redeem, userinfo, verified

JWKS = "/.well-known/jwks.json"


def kids(http) -> set[str]:
    return {key["kid"] for key in http.get(JWKS).json["keys"]}


def kid_of(http, answer) -> str:
    return verified(http, answer.json["access_token"]).header["kid"]


def rotate(app, **how) -> None:
    with app.app_context():
        rotation.rotate(**how)
        db.session.commit()


def test_the_first_key_signs_at_once_and_is_named_by_its_thumbprint(http, make):
    answer = client_credentials(http, make.clients.machine_client())
    header = verified(http, answer.json["access_token"]).header
    assert header["typ"] == "at+jwt"
    assert header["kid"] in kids(http)
    published = http.get(JWKS).json["keys"][0]
    assert ECKey.import_key(published).thumbprint() == published["kid"]


def test_a_later_key_is_published_a_day_before_it_signs(http, make, app, clock):
    machine = make.clients.machine_client()
    first = kid_of(http, client_credentials(http, machine))
    rotate(app)
    assert len(kids(http)) == 2
    clock.tick(hours=23)
    assert kid_of(http, client_credentials(http, machine)) == first
    clock.tick(hours=1)
    assert kid_of(http, client_credentials(http, machine)) != first


def test_an_old_key_stays_published_until_its_last_token_is_a_day_gone(
    http, make, app, clock
):
    machine = make.clients.machine_client()
    first = kid_of(http, client_credentials(http, machine))
    rotate(app)
    clock.tick(hours=24 + 24)
    assert first in kids(http)
    clock.tick(minutes=10)
    assert first not in kids(http)


def test_an_emergency_key_signs_within_seconds_and_old_tokens_stay_good(
    http, make, app, clock
):
    made = make.tokens.code(make.clients.spa())
    token = redeem(http, made).json["access_token"]
    rotate(app, now=True)
    clock.tick(seconds=10)
    assert userinfo(http, token).status_code == 200
    machine = make.clients.machine_client()
    fresh = client_credentials(http, machine)
    assert kid_of(http, fresh) != verified(http, token).header["kid"]


def test_the_job_makes_a_successor_a_day_before_ninety_days_are_over(
    http, make, app, clock
):
    machine = make.clients.machine_client()
    first = kid_of(http, client_credentials(http, machine))
    for days, made in ((88, 0), (1, 1), (0, 0)):
        clock.tick(days=days)
        with app.app_context():
            assert jobs.rotate_keys() == made
    assert kid_of(http, client_credentials(http, machine)) == first
    clock.tick(days=1)
    assert kid_of(http, client_credentials(http, machine)) != first
    for days, kept in ((2, 2), (30, 1)):
        clock.tick(days=days)
        with app.app_context():
            jobs.rotate_keys()
            assert db.session.query(SigningKey).count() == kept


def test_a_token_of_an_unknown_key_makes_a_node_look_at_most_every_two_seconds(
    http, make, app, clock
):
    made = make.tokens.code(make.clients.spa())
    token = redeem(http, made).json["access_token"]
    with app.app_context():
        elsewhere = Signer()
        with pytest.raises(NoSigningKey):
            elsewhere.sign({}, algorithm="PS256", typ="JWT")
        rotation.ensure_keys("PS256")
        db.session.commit()
        with pytest.raises(NoSigningKey):
            elsewhere.sign({}, algorithm="PS256", typ="JWT")
        clock.tick(seconds=2)
        assert elsewhere.sign({}, algorithm="PS256", typ="JWT")
    assert userinfo(http, token).status_code == 200


def test_private_parts_are_sealed_and_belong_to_their_row(make, app):
    make.clients.spa()
    with app.app_context():
        row = db.session.query(SigningKey).one()
        ring = current(Keyring)
        private = json.loads(ring.open(row.private_sealed, bound_to=row.kid))
        assert private["d"].encode() not in row.private_sealed
        assert "d" not in row.public_jwk
        with pytest.raises(SealBroken):
            ring.open(row.private_sealed, bound_to="another-row")


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "PS256", "EdDSA"])
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # the reader's library warns
def test_id_tokens_are_signed_as_the_client_registered(http, make, algorithm):
    spa = make.clients.spa(id_token_signed_response_alg=algorithm)
    answer = redeem(http, make.tokens.code(spa)).json
    token = verified(http, answer["id_token"], algorithms=(algorithm,))
    assert token.header["alg"] == algorithm
    assert token.header["typ"] == "JWT"
    assert token.claims["aud"] == spa.client_id


def test_before_there_is_a_key_the_answer_is_503(http, make, app):
    machine = make.clients.machine_client()
    with app.app_context():
        db.session.query(SigningKey).delete()
        db.session.commit()
        current(Signer).forget()
    answer = client_credentials(http, machine)
    assert (answer.status_code, answer.json["error"]) == (
        503,
        "temporarily_unavailable",
    )
