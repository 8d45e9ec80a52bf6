"""POST /auth/organization: account tokens in the context of an organization."""

import pytest

from tests.api.callers import bearer, cookies_set, problem
from tests.oauth.calls import claims_of, redeem
from tests.oauth.organizations.contexts import close, remove, set_roles, signed_in


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


@pytest.fixture
def acme(make, ada):
    made = make.organizations.organization(make.users.account(), name="Acme")
    make.organizations.add(made, ada, "admin")
    return made


HOUR = 3600


def renew(program, refresh_token):
    return program.post("/auth/refresh", {"refresh_token": refresh_token})


def enter(caller, organization_id, **more):
    return caller.post(
        "/auth/organization", {"organization_id": organization_id, **more}
    )


def test_a_program_gets_tokens_in_the_context(program, ada, acme):
    before = program.sign_in(ada)
    answer = enter(program, acme)
    assert answer.status_code == 200
    assert set(answer.json) == set(before) - {"user"}
    said = claims_of(program.client, answer.json["access_token"])
    assert (said["org_id"], said["org_roles"]) == (acme, ["admin"])
    me = program.get("/auth/me", headers=bearer(answer.json)).json
    assert me["organization"]["id"] == acme


def test_the_tokens_from_before_are_void(program, ada, acme):
    before = program.sign_in(ada)
    enter(program, acme)
    assert problem(program.get("/auth/me"))[0] == 401
    assert renew(program, before["refresh_token"]).status_code == 401


def test_tokens_keep_the_context_at_refresh_with_the_roles_of_then(
    make, program, ada, acme
):
    program.sign_in(ada)
    entered = enter(program, acme).json
    set_roles(make, acme, ada, "member")
    fresh = renew(program, entered["refresh_token"]).json
    said = claims_of(program.client, fresh["access_token"])
    assert (said["org_id"], said["org_roles"]) == (acme, ["member"])
    assert fresh["scope"] == entered["scope"]


def test_ones_personal_organization_is_one_of_them(program, ada, acme):
    program.sign_in(ada)
    own = program.get("/auth/me").json["organization"]
    assert own["personal"]
    program.headers = bearer(enter(program, acme).json)
    back = enter(program, own["id"]).json
    assert claims_of(program.client, back["access_token"])["org_id"] == own["id"]
    me = program.get("/auth/me", headers=bearer(back)).json
    assert me["organization"] == own


def test_an_organization_of_others_is_refused_like_one_that_is_none(
    make, program, ada, acme
):
    theirs = make.organizations.organization(make.users.account(), name="Theirs")
    program.sign_in(ada)
    for named in (theirs, "f" * 32, "", "theirs"):
        assert problem(enter(program, named)) == (404, "unknown_organization")
    close(make, acme)
    assert problem(enter(program, acme)) == (404, "unknown_organization")
    assert program.get("/auth/me").status_code == 200


@pytest.mark.parametrize("end", [remove, lambda make, at, _who: close(make, at)])
def test_when_the_membership_ends_so_do_the_tokens(make, program, ada, acme, end):
    program.sign_in(ada)
    entered = enter(program, acme).json
    end(make, acme, ada)
    answer = program.get("/auth/me", headers=bearer(entered))
    assert problem(answer) == (401, "invalid_token")
    assert problem(renew(program, entered["refresh_token"])) == (
        401,
        "invalid_refresh_token",
    )


def test_others_in_the_organization_keep_theirs(make, program, ada, acme):
    grace = make.users.account("grace@example.com")
    make.organizations.add(acme, grace)
    program.sign_in(ada)
    entered = enter(program, acme).json
    remove(make, acme, grace)
    assert program.get("/auth/me", headers=bearer(entered)).status_code == 200


def test_a_script_with_cookies_keeps_its_tokens_there(spa, ada, acme):
    spa.sign_in(ada)
    answer = enter(spa, acme)
    assert answer.status_code == 200
    assert "refresh_token" not in answer.json
    assert "refresh_token" in cookies_set(answer)
    assert (
        claims_of(spa.client, spa.post("/auth/refresh", {}).json["access_token"])[
            "org_id"
        ]
        == acme
    )
    assert spa.get("/auth/me").json["organization"]["id"] == acme


def test_a_script_is_back_in_its_own_when_it_has_left(make, spa, ada, acme):
    spa.sign_in(ada)
    enter(spa, acme)
    remove(make, acme, ada)
    assert spa.post("/auth/refresh", {}).status_code == 401
    assert spa.get("/auth/me").json["organization"]["personal"]


def test_a_factor_that_is_wanted_by_now_comes_first(make, program, ada, acme):
    program.sign_in(ada)
    app_with_codes = make.factors.totp(ada)
    answer = enter(program, acme)
    assert problem(answer) == (403, "reauthentication_required")
    assert "totp" in answer.json["methods"]
    proof = {"method": "totp", "code": app_with_codes.code()}
    program.headers = bearer(program.post("/account/confirm", proof).json)
    assert enter(program, acme).status_code == 200


def test_a_new_proof_leaves_one_in_the_context(program, ada, acme):
    program.sign_in(ada)
    program.headers = bearer(enter(program, acme).json)
    confirmed = program.post("/account/confirm", {"password": ada.password}).json
    assert claims_of(program.client, confirmed["access_token"])["org_id"] == acme


def test_what_an_app_of_the_operator_holds_is_not_made_more_of(
    http, make, program, ada, acme
):
    """Its tokens administer nothing; those of the account API would."""
    client = make.clients.own_app(scope="openid account")
    account = ["https://idp.example/account"]
    person = signed_in(make, ada)
    made = make.tokens.code(
        client, person=person, scope="openid account", resource=account
    )
    tokens = redeem(http, made).json
    program.headers = bearer(tokens)
    answer = enter(program, acme)
    assert problem(answer) == (403, "organization_by_authorization")
    assert program.get("/auth/me").status_code == 200


def test_an_organization_that_wants_a_factor_is_not_entered_without(
    make, program, ada, acme
):
    program.sign_in(ada)
    make.policies.decide("organization", acme, second_factor="required")
    assert program.get("/account/profile").status_code == 200
    assert problem(enter(program, acme)) == (403, "second_factor_setup_required")


def test_a_context_that_wants_a_newer_sign_in_is_entered_after_it(
    program, make, ada, acme, clock
):
    make.policies.decide("organization", acme, session_lifetime_seconds=HOUR)
    tokens = program.sign_in(ada)
    clock.tick(seconds=HOUR + 1)
    program.headers = bearer(renew(program, tokens["refresh_token"]).json)
    refused = enter(program, acme)
    assert problem(refused) == (403, "reauthentication_required")
    assert refused.json["methods"] == ["password"]
    proof = {"password": ada.password}
    program.headers = bearer(program.post("/account/confirm", proof).json)
    entered = enter(program, acme).json
    clock.tick(seconds=HOUR + 1)
    assert renew(program, entered["refresh_token"]).status_code == 401


def test_one_that_wants_more_by_now_is_left_and_can_be_left(make, spa, ada, acme):
    spa.sign_in(ada)
    own = spa.get("/auth/me").json["organization"]
    enter(spa, acme)
    make.policies.decide("organization", acme, second_factor="required")
    refused = spa.get("/account/profile")
    assert problem(refused) == (403, "second_factor_setup_required")
    assert enter(spa, own["id"]).status_code == 200
    assert spa.get("/account/profile").status_code == 200


def test_where_apps_are_named_the_account_api_is_one(make, program, ada, acme):
    other = make.clients.own_app(scope="openid")
    program.sign_in(ada)
    make.clients.own_app(scope="openid")
    entered = enter(program, acme).json
    program.headers = bearer(entered)
    assert len(program.get("/account/apps").json) == 2
    make.policies.decide("organization", acme, allowed_clients=[other.client_id])
    assert renew(program, entered["refresh_token"]).status_code == 401
    program.headers = bearer(entered)
    assert problem(enter(program, acme)) == (403, "app_not_allowed")
    make.policies.decide(
        "organization", acme, allowed_clients=[other.client_id, "idp-account"]
    )
    program.headers = bearer(enter(program, acme).json)
    startable = program.get("/account/apps").json
    assert [app["client_id"] for app in startable] == [other.client_id]


def test_an_unproven_address_comes_first(make, program, acme):
    bob = make.users.account("bob@example.com", email_verified=False)
    make.organizations.add(acme, bob)
    program.sign_in(bob)
    assert problem(enter(program, acme)) == (403, "email_not_verified")


def test_it_is_noted_for_the_user_to_see(make, program, ada, acme):
    program.sign_in(ada)
    enter(program, acme)
    assert make.records.audited("organization.entered") == [("ok", ada.id)]
