"""RFC 9470: step-up challenges at our own resources, and the requests that follow."""

import json
import re

import pytest

from idp.core.db import db
from idp.oauth.keys.rotation import ensure_keys
from tests.issuer import ISSUER
from tests.oauth.calls import introspect, verified
from tests.rp import RelyingParty

ACCOUNT = f"{ISSUER}/account"
SCOPE = "openid account"


@pytest.fixture
def app(app):
    with app.app_context():
        ensure_keys("ES256")
        db.session.commit()
    return app


@pytest.fixture
def ada(http, make):
    """A person at the browser, signed in by a password."""
    return make.browsers.sign_in(http)


@pytest.fixture
def rp(http, make, ada):
    """An app of the operator's own that calls the account API."""
    return RelyingParty(http, make.clients.own_app(scope=SCOPE), scope=SCOPE)


def token_for(rp, **asked):
    """Return an access token for the account API."""
    fields = rp.checked(rp.ask(resource=ACCOUNT, **asked))
    answer = rp.redeem(fields["code"])
    assert answer.status_code == 200, answer.text
    return answer.json["access_token"]


def call(rp, token):
    """Ask for what wants a fresh proof: to take the username away."""
    return rp.back_channel.patch(
        "/account/profile",
        json={"username": None},
        headers={"Authorization": f"Bearer {token}"},
    )


def challenge_of(answer):
    """Return the members of a challenge; it has to be of the Bearer scheme."""
    scheme, _, members = answer.headers["WWW-Authenticate"].partition(" ")
    assert scheme == "Bearer"
    return dict(re.findall(r'(\w+)="([^"]*)"', members))


def test_section_3_a_token_of_an_old_sign_in_is_challenged(rp, clock):
    clock.tick(minutes=11)
    answer = call(rp, token_for(rp))
    assert answer.status_code == 401
    challenge = challenge_of(answer)
    assert challenge["error"] == "insufficient_user_authentication"
    assert challenge["max_age"] == "600"
    assert "acr_values" not in challenge


def test_section_3_acr_values_are_named_where_a_stronger_sign_in_is_wanted(
    rp, make, ada
):
    token = token_for(rp)
    make.users.enrol(ada.person, "totp")
    answer = call(rp, token)
    assert answer.status_code == 401
    challenge = challenge_of(answer)
    assert challenge["error"] == "insufficient_user_authentication"
    assert (challenge["acr_values"], challenge["max_age"]) == ("aal2", "600")
    assert answer.json["methods"] == ["totp"]


def test_section_3_none_are_named_where_a_password_is_enough(rp, make, ada, clock):
    make.users.enrol(ada.person, "passkey")
    clock.tick(minutes=11)
    answer = call(rp, token_for(rp))
    assert "acr_values" not in challenge_of(answer)
    assert answer.json["methods"] == ["passkey", "password"]


def test_section_4_what_the_challenge_says_can_be_asked_for_and_is_enough(
    rp, browser, make, ada, clock
):
    phone, browser.http = make.factors.totp(ada.person), rp.http
    make.policies.decide(second_factor="off")
    challenge = challenge_of(call(rp, token_for(rp)))
    asked = {name: challenge[name] for name in ("acr_values", "max_age")}
    browser.follow(rp.ask(resource=ACCOUNT, **asked))
    done = rp.finish(browser.follow(browser.send(code=phone.code())))
    assert call(rp, done.tokens["access_token"]).status_code == 200


def test_a_token_of_somebody_elses_app_is_not_sent_for_a_sign_in_that_changes_nothing(
    http, make, ada
):
    client = make.clients.spa(scope="openid account:profile")
    make.clients.consent(ada.person, client, "openid account:profile")
    foreign = RelyingParty(http, client, scope="account:profile")
    answer = call(foreign, token_for(foreign))
    assert answer.status_code == 403
    assert "WWW-Authenticate" not in answer.headers


@pytest.mark.parametrize("acr", ["phr", "gold"])
def test_section_5_acr_values_that_are_not_met_are_no_error_though_it_should_be(
    rp, acr
):
    # OIDC Core §5.5.1.1 leaves it open; an essential acr is an error
    done = rp.finish(rp.ask(acr_values=acr))
    assert done.claims["acr"] == "aal1"
    claims = {"id_token": {"acr": {"essential": True, "value": acr}}}
    error = rp.checked(rp.ask(claims=json.dumps(claims)))["error"]
    assert error == "unmet_authentication_requirements"


def test_section_5_max_age_has_auth_time_in_the_id_token(rp, clock):
    done = rp.finish(rp.ask(max_age="60"))
    assert done.claims["auth_time"] <= int(clock.now.timestamp())


def test_section_6_1_an_access_token_says_acr_and_auth_time(rp, http, make, ada):
    make.browsers.sign_in(http, person=ada.person, by="password totp")
    done = rp.finish(rp.ask(acr_values="aal2", max_age="60"))
    claims = verified(http, done.tokens["access_token"]).claims
    assert claims["acr"] == "aal2"
    assert claims["auth_time"] == done.claims["auth_time"]


def test_section_6_2_introspection_says_acr_and_auth_time(http, make, ada):
    client = make.clients.client(scope="openid")
    make.clients.consent(ada.person, client, "openid")
    rp = RelyingParty(http, client)
    make.browsers.sign_in(http, person=ada.person, by="passkey")
    done = rp.finish(rp.ask(acr_values="phr"))
    told = introspect(http, client, done.tokens["access_token"]).json
    assert told["acr"] == "phr"
    assert told["auth_time"] == done.claims["auth_time"]


def test_section_6_a_refreshed_token_says_what_the_first_did(rp, http, make, ada):
    old = rp.finish(rp.ask())
    before = verified(http, old.tokens["access_token"]).claims
    make.browsers.sign_in(http, person=ada.person, by="password totp")
    stepped = rp.finish(rp.ask(acr_values="aal2")).tokens
    assert verified(http, stepped["access_token"]).claims["acr"] == "aal2"
    later = rp.refresh(old.tokens["refresh_token"])
    after = verified(http, later["access_token"]).claims
    told = ("acr", "auth_time", "amr")
    assert [after[name] for name in told] == [before[name] for name in told]


def test_section_7_the_metadata_names_the_levels(rp):
    assert rp.metadata["acr_values_supported"] == ["aal1", "aal2", "phr"]
