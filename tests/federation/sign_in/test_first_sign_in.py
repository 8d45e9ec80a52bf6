"""Coming by a provider for the first time: an account is made of what it tells."""

import pytest

from idp.core.context import current
from idp.security.ratelimit.budgets import PROVIDER_BEGIN
from idp.security.ratelimit.counters import Counters
from tests.federation.travellers import CALLBACK, subjects_of

EVE = {"sub": "eve", "email": "eve@example.com", "email_verified": True, "name": "Eve"}


def test_an_account_is_made_of_what_a_trusted_provider_tells(
    app, acme, traveller, make
):
    acme(trust_email=True)
    traveller.sign_in(**EVE, given_name="Eve", locale="de", picture="http://insecure")
    assert traveller.at == "/account"
    user_id = make.records.user_id_of("eve@example.com")
    row = make.records.user_row(user_id)
    assert row["name"] == "Eve"
    assert row["locale"] is None  # the operator has not mapped it
    assert row["picture"] is None
    assert row["email_verified_at"] is not None
    assert row["password_hash"] is None
    assert subjects_of(app, user_id) == ["eve"]
    traveller.forget_session()
    traveller.sign_in(sub="eve", email="another@example.com")
    me = traveller.browser.http.get("/auth/me").json["user"]
    assert (me["id"], me["email"]) == (user_id, "eve@example.com")


def test_what_an_operator_maps_is_taken_where_it_fits(acme, traveller, make):
    acme(trust_email=True, claims={"locale": "language", "picture": "avatar"})
    traveller.sign_in(**EVE, language="de", avatar="javascript:alert(1)")
    row = make.records.user_row(make.records.user_id_of("eve@example.com"))
    assert row["locale"] == "de"
    assert row["picture"] is None


def test_the_address_of_a_provider_that_is_not_trusted_is_proven_here(
    acme, traveller, make
):
    acme()
    traveller.sign_in(**EVE)
    user_id = make.records.user_id_of("eve@example.com")
    assert make.records.user_row(user_id)["email_verified_at"] is None
    mail = make.records.mail_to("eve@example.com")
    assert mail.kind == "verify_email"
    traveller.browser.open(mail.link)
    traveller.browser.submit()
    assert make.records.user_row(user_id)["email_verified_at"] is not None
    assert traveller.signed_in


def test_who_proves_the_address_elsewhere_shuts_the_provider_out(
    app, acme, traveller, make, another_browser
):
    acme()
    traveller.sign_in(**EVE)
    user_id = make.records.user_id_of("eve@example.com")
    owner = another_browser()
    owner.open(make.records.mail_to("eve@example.com").link)
    owner.submit()
    assert subjects_of(app, user_id) == []
    assert not traveller.signed_in


def test_who_sets_a_password_by_mail_shuts_the_provider_out_too(
    app, acme, traveller, make, another_browser
):
    acme()
    traveller.sign_in(**EVE)
    user_id = make.records.user_id_of("eve@example.com")
    owner = another_browser()
    owner.http.post("/auth/password-reset/email", json={"email": "eve@example.com"})
    owner.open(make.records.mail_to("eve@example.com").link)
    owner.submit(password="seven loud geese in the rain")
    assert make.records.user_row(user_id)["email_verified_at"] is not None
    assert subjects_of(app, user_id) == []
    traveller.forget_session()
    traveller.sign_in(**EVE)
    assert not traveller.signed_in


def test_what_is_missing_is_asked_for(acme, traveller, make):
    acme(trust_email=True)
    traveller.sign_in(sub="eve", name="Eve")
    assert traveller.at == "/register/provider"
    page = traveller.browser.submit(email="no address")
    assert "Enter an email address" in page.text
    traveller.browser.submit(email="eve@example.com")
    row = make.records.user_row(make.records.user_id_of("eve@example.com"))
    assert row["email_verified_at"] is None
    assert row["name"] == "Eve"
    assert traveller.signed_in


def test_a_typed_address_that_is_taken_is_not_taken_over(acme, traveller, make):
    acme(trust_email=True)
    make.users.account("ada@example.com")
    traveller.sign_in(sub="eve", name="Eve")
    page = traveller.browser.submit(email="ada@example.com")
    assert "already an account with this email" in page.text
    assert not traveller.signed_in


@pytest.mark.parametrize("environ", [{"IDP_REGISTRATION_NAME": "required"}])
def test_a_name_that_is_required_is_asked_for(acme, traveller, make):
    acme(trust_email=True)
    traveller.sign_in(sub="eve", email="eve@example.com", email_verified=True)
    assert traveller.at == "/register/provider"
    assert "This field is required" in traveller.browser.submit(name="").text
    traveller.browser.submit(name="Eve", email="other@example.com")
    row = make.records.user_row(make.records.user_id_of("eve@example.com"))
    assert row["name"] == "Eve"
    assert row["email_verified_at"] is not None


def test_a_sign_up_goes_on_in_its_own_browser_alone(acme, traveller, another_traveller):
    acme()
    traveller.sign_in(sub="eve")
    page = traveller.browser.response.request.full_path
    another_traveller.leave()
    assert another_traveller.browser.open(page).status_code == 400


@pytest.mark.parametrize("fields", [{"allows_sign_up": False}])
def test_where_nobody_may_sign_up_by_a_provider_nobody_does(
    acme, traveller, make, fields
):
    acme(**fields)
    page = traveller.sign_in(**EVE)
    assert page.status_code == 400
    assert "New accounts can’t be created here" in traveller.browser.text
    assert make.records.user_id_of("eve@example.com") is None


def test_where_providers_are_no_way_in_nobody_signs_up_by_one(acme, traveller, make):
    acme(trust_email=True)
    make.policies.decide(sign_in_methods=["password"])
    away = traveller.browser.http.get("/api/auth/external/acme/init")
    assert away.status_code == 404
    make.policies.decide(sign_in_methods=["password", "provider"])
    url = traveller.leave()
    make.policies.decide(sign_in_methods=["password"])
    traveller.come_back(traveller.peer.approve(url, **EVE))
    assert "New accounts can’t be created here" in traveller.browser.text
    assert make.records.user_id_of("eve@example.com") is None


@pytest.mark.parametrize("environ", [{"IDP_REGISTRATION": "closed"}])
def test_where_registration_is_closed_nobody_signs_up(acme, traveller, make):
    acme(trust_email=True)
    traveller.sign_in(**EVE)
    assert make.records.user_id_of("eve@example.com") is None


def test_an_address_of_another_domain_signs_up_nobody(acme, traveller, make):
    acme(trust_email=True, domains=["corp.example"])
    traveller.sign_in(**EVE)
    assert make.records.user_id_of("eve@example.com") is None
    traveller.sign_in(sub="eve")
    page = traveller.browser.submit(email="eve@example.com")
    assert "Use an address of your organization" in page.text


@pytest.mark.parametrize("environ", [{"IDP_ACCOUNT_PRIVACY": "private"}])
def test_where_addresses_are_private_unproven_ones_tell_nothing(acme, traveller, make):
    acme()
    make.users.account("ada@example.com")
    known = traveller.sign_in(sub="eve", email="ada@example.com").text
    unknown = traveller.sign_in(sub="eve", email="nobody@example.com").text
    assert "Create an account with your email first" in known
    assert shorn(known) == shorn(unknown)


def shorn(page: str) -> str:
    """Return a page without the link that has this request's address."""
    return page.partition("</main>")[0]


def test_a_provider_of_plain_oauth_is_asked_for_profile_and_addresses(
    acme, traveller, make, peer
):
    peer.openid = False
    peer.userinfo = {"id": 583231, "login": "octocat", "name": "Octo", "email": None}
    peer.emails = [{"email": "octo@example.com", "primary": True, "verified": True}]
    acme(
        kind="oauth2",
        issuer=None,
        authorization_endpoint=f"{peer.url}/authorize",
        token_endpoint=f"{peer.url}/token",
        userinfo_endpoint=f"{peer.url}/userinfo",
        emails_endpoint=f"{peer.url}/emails",
        claims={"sub": "id", "username": "login"},
        trust_email=True,
    )
    traveller.sign_in()
    row = make.records.user_row(make.records.user_id_of("octo@example.com"))
    assert (row["username"], row["name"]) == ("octocat", "Octo")
    assert row["email_verified_at"] is not None
    traveller.forget_session()
    peer.emails = []
    traveller.sign_in()
    assert traveller.signed_in


def test_apple_names_a_user_in_the_browser_alone(acme, traveller, make):
    acme(trust_email=True, response_mode="form_post")
    url = traveller.leave()
    assert "response_mode=form_post" in url
    told = '{"name": {"firstName": "Tim", "lastName": 7}, "email": "x@evil.example"}'
    fields = traveller.peer.approve(
        url, sub="tim", email="tim@example.com", email_verified="true"
    )
    stranger = traveller.browser.http.application.test_client(use_cookies=False)
    posted = stranger.post(CALLBACK, data=fields | {"user": told})
    traveller.browser.open(posted.location)
    row = make.records.user_row(make.records.user_id_of("tim@example.com"))
    assert (row["given_name"], row["family_name"]) == ("Tim", None)


def test_a_username_that_is_taken_is_left_out(acme, traveller, make):
    acme(trust_email=True)
    make.users.account(username="eve")
    traveller.sign_in(**EVE, preferred_username="eve")
    user_id = make.records.user_id_of("eve@example.com")
    assert make.records.user_row(user_id)["username"] is None


@pytest.mark.parametrize("environ", [{"IDP_RATELIMIT_REGISTER_IP": "2/hour"}])
def test_sign_ups_are_counted_for_each_network(acme, traveller, make):
    acme(trust_email=True)
    statuses = []
    for number in range(3):
        traveller.forget_session()
        address = f"eve{number}@example.com"
        claims = {"sub": f"eve{number}", "email": address, "email_verified": True}
        statuses.append(traveller.sign_in(**claims).status_code)
    assert statuses == [200, 200, 429]
    assert make.records.user_id_of("eve2@example.com") is None


def test_going_to_a_provider_is_counted_for_each_network(app, acme, traveller):
    acme()
    traveller.leave()
    with app.app_context():
        ((key, limit),) = PROVIDER_BEGIN.meter("127.0.0.1").counters().items()
        spent = limit.amount - 2
        current(Counters).shared.incr(key, limit.get_expiry(), amount=spent)
    traveller.leave()
    for path in ("/login/with/acme", "/api/auth/external/acme/init"):
        assert traveller.browser.http.get(path).status_code == 429
