"""OIDC Core §3.1.2, §5.5, §6, §11 and Form Post Response Mode at the authorization
endpoint; Prompt Create 1.0."""

import json

import pytest

from tests.browsing import Browser
from tests.hosted_pages import read_page
from tests.make_users import PASSWORD
from tests.rp import RelyingParty

WITHOUT = "/login/second-factor/without"


@pytest.fixture
def ready(http, make):
    """An app whose person is signed in and has allowed everything."""
    client = make.clients.client(scope="openid profile email offline_access")
    signed_in = make.browsers.sign_in(http, email="ada@example.com")
    make.clients.consent(
        signed_in.person, client, "openid profile email offline_access"
    )
    return signed_in


@pytest.fixture
def rp(http, make, ready):
    client = make.clients.client(scope="openid profile email offline_access")
    make.clients.consent(ready.person, client, "openid profile email offline_access")
    return RelyingParty(http, client)


@pytest.fixture
def stranger(app, rp):
    """The same app seen from a browser that is not signed in."""
    return RelyingParty(app.test_client(), rp.client)


def error_of(rp, **changed):
    return rp.checked(rp.ask(**changed))["error"]


def test_3_1_2_1_post_works_like_get(rp, http):
    stored = http.post("/oauth2/authorize", data=rp.parameters())
    assert rp.finish(http.get(stored.location)).claims["nonce"] == rp.attempt.nonce


def test_3_1_2_1_a_nonce_is_passed_on_and_may_be_missing(rp):
    assert rp.finish(rp.ask()).claims["nonce"] == rp.attempt.nonce
    rp.attempt.nonce = None
    tokens = rp.redeem(rp.checked(rp.ask(nonce=None))["code"]).json
    assert "id_token" in tokens


def test_3_1_2_1_prompt_none_shows_no_page(rp, stranger, ready):
    assert rp.finish(rp.ask(prompt="none")).claims["sub"] == ready.user_id
    assert error_of(stranger, prompt="none") == "login_required"
    assert error_of(rp, prompt="none", max_age="0") == "login_required"


@pytest.mark.parametrize("other", ["login", "consent", "select_account", "create"])
def test_3_1_2_1_prompt_none_stands_alone(rp, other):
    assert error_of(rp, prompt=f"none {other}") == "invalid_request"


def test_3_1_2_1_prompt_login_asks_although_a_session_is_there(app, rp, clock, ready):
    clock.tick(minutes=3)
    browser = Browser(app)
    browser.http = rp.http
    browser.follow(rp.ask(prompt="login"))
    assert "Confirm it’s you" in browser.text
    browser.submit(password=PASSWORD)
    assert rp.finish(browser.response).claims["auth_time"] == int(clock.now.timestamp())


def test_3_1_2_1_max_age_makes_auth_time_fresh(app, rp, clock, ready):
    first = rp.finish(rp.ask(max_age="60")).claims["auth_time"]
    clock.tick(seconds=61)  # the sign-in was before the clock stopped
    browser = Browser(app)
    browser.http = rp.http
    browser.follow(rp.ask(max_age="60"))
    browser.submit(password=PASSWORD)
    again = rp.finish(browser.response).claims["auth_time"]
    assert again == int(clock.now.timestamp())
    assert again > first + 60


def test_3_1_2_1_login_hint_fills_in_the_sign_in_page(stranger):
    page = read_page(stranger.reach(login_hint="ada@example.com"))
    assert ("username", "ada@example.com") in page.forms[0].fields


@pytest.mark.parametrize(
    "changed",
    [
        {"display": "popup"},
        {"display": "unheard-of"},
        {"ui_locales": "fr-CA tlh en"},
        {"claims_locales": "fr en"},
        {"acr_values": "urn:mace:incommon:iap:silver 1"},
        {"login_hint": "nobody@nowhere"},
        {"claims": '{"userinfo": {"unheard_of": null}}'},
    ],
)
def test_3_1_2_1_wishes_that_cannot_be_met_are_no_errors(rp, changed):
    assert rp.finish(rp.ask(**changed)).claims


class TestIdTokenHint:
    """§3.1.2.1: who the answer must be about."""

    @pytest.fixture
    def hint(self, rp):
        return rp.finish(rp.ask()).tokens["id_token"]

    def test_of_the_person_signed_in_it_is_answered(self, rp, hint, ready):
        done = rp.finish(rp.ask(prompt="none", id_token_hint=hint))
        assert done.claims["sub"] == ready.user_id

    def test_an_expired_one_still_counts(self, rp, hint, clock, ready):
        clock.tick(minutes=40)
        done = rp.finish(rp.ask(prompt="none", id_token_hint=hint))
        assert done.claims["sub"] == ready.user_id

    def test_of_another_person_nothing_is_answered(self, rp, hint, make):
        make.browsers.sign_in(rp.http)
        assert error_of(rp, prompt="none", id_token_hint=hint) == "login_required"
        assert rp.ask(id_token_hint=hint).location.startswith("/login?")

    def test_a_forged_one_is_an_invalid_request(self, rp, hint):
        head, body, signature = hint.split(".")
        for forged in (
            f"{head}.{body}.{'A' * len(signature)}",
            f"eyJhbGciOiJub25lIn0.{body}.",
            "x",
            f"{head}.{body}",
        ):
            assert error_of(rp, id_token_hint=forged) == "invalid_request"

    def test_one_of_another_client_is_an_invalid_request(self, make, hint, http, ready):
        other = RelyingParty(http, make.clients.spa(scope="openid"))
        assert error_of(other, id_token_hint=hint) == "invalid_request"

    def test_an_access_token_is_no_hint(self, rp):
        token = rp.finish(rp.ask()).tokens["access_token"]
        assert error_of(rp, id_token_hint=token) == "invalid_request"


class TestClaims:
    """§5.5: the claims parameter."""

    def test_essential_and_voluntary_claims_arrive_where_asked(self, rp, ready):
        wanted = {
            "id_token": {"email": {"essential": True}},
            "userinfo": {"name": None},
        }
        done = rp.finish(rp.ask(claims=json.dumps(wanted)))
        assert done.claims["email"] == "ada@example.com"

    @pytest.mark.parametrize("claims", ["{", "[]", '"x"', '{"id_token": 1}'])
    def test_bad_json_is_an_invalid_request(self, rp, claims):
        assert error_of(rp, claims=claims) == "invalid_request"

    def test_5_5_1_a_sub_with_a_value_must_be_the_one_answered(self, rp, ready):
        of_ada = json.dumps({"id_token": {"sub": {"value": ready.user_id}}})
        of_bob = json.dumps({"id_token": {"sub": {"value": "bob"}}})
        assert rp.finish(rp.ask(claims=of_ada)).claims["sub"] == ready.user_id
        assert error_of(rp, claims=of_bob, prompt="none") == "login_required"

    @pytest.mark.parametrize("acr", ["gold", "aal2", "phr"])
    def test_5_5_1_1_an_essential_acr_that_is_not_reached_fails(self, rp, acr):
        claims = {"id_token": {"acr": {"essential": True, "values": [acr]}}}
        error = error_of(rp, claims=json.dumps(claims))
        assert error == "unmet_authentication_requirements"

    @pytest.mark.parametrize("values", [["aal2"], ["gold", "aal2"], ["aal2", "phr"]])
    def test_5_5_1_1_an_essential_acr_is_answered_by_one_of_its_values(
        self, rp, make, ready, values
    ):
        make.browsers.sign_in(rp.http, person=ready.person, by="passkey")
        claims = {"id_token": {"acr": {"essential": True, "values": values}}}
        assert rp.finish(rp.ask(claims=json.dumps(claims))).claims["acr"] == "aal2"

    @pytest.mark.parametrize(
        "asked",
        [
            {"acr_values": "gold phr"},
            {"claims": '{"id_token": {"acr": {"values": ["aal2", "gold"]}}}'},
            {"claims": '{"id_token": {"acr": {"essential": true}}}'},
            {"claims": '{"id_token": {"acr": null}}'},
        ],
    )
    def test_5_5_1_1_a_voluntary_acr_that_cannot_be_met_is_no_error(self, rp, asked):
        assert rp.finish(rp.ask(**asked)).claims["acr"] == "aal1"

    def test_5_5_1_1_of_acr_values_the_first_that_is_met_is_answered(
        self, rp, make, ready
    ):
        make.browsers.sign_in(rp.http, person=ready.person, by="password totp")
        for asked, answered in (("phr aal2 aal1", "aal2"), ("aal1 aal2", "aal1")):
            done = rp.finish(rp.ask(acr_values=asked))
            assert done.claims["acr"] == answered


@pytest.mark.parametrize("name", ["request", "request_uri", "registration"])
def test_3_1_2_6_what_is_not_supported_is_said(rp, name):
    assert error_of(rp, **{name: "https://app.example/x"}) == f"{name}_not_supported"


def test_6_the_metadata_says_what_is_not_supported(rp):
    assert rp.metadata["request_parameter_supported"] is False
    assert rp.metadata["request_uri_parameter_supported"] is False


def test_3_1_2_4_consent_is_obtained_before_anything_is_told(http, make, ready):
    rp = RelyingParty(http, make.clients.spa(scope="openid email"))
    assert error_of(rp, prompt="none") == "consent_required"
    assert "wants to use your" in read_page(rp.reach()).text


def test_11_offline_access_comes_with_consent_and_a_refresh_token(http, make, ready):
    client = make.clients.client(scope="openid offline_access")
    rp = RelyingParty(http, client, scope="openid offline_access")
    page = rp.reach()
    assert "while you’re away" in read_page(page).text
    done = rp.finish(rp.allow(page))
    assert "refresh_token" in done.tokens


@pytest.mark.parametrize("mode", ["fragment", "query.jwt", "form_post.jwt", "x"])
def test_other_response_modes_are_refused_by_query(rp, mode):
    answer = rp.ask(response_mode=mode)
    assert answer.status_code == 302
    assert rp.checked(answer)["error"] == "invalid_request"


def test_prompt_create_4_leads_to_sign_up(stranger):
    assert stranger.ask(prompt="create").location.startswith("/register?")
    assert "create" in stranger.metadata["prompt_values_supported"]


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ({}, "aal1"),
        ({"acr_values": "aal2"}, "aal2"),
        ({"claims": '{"id_token": {"acr": {"values": ["phr"]}}}'}, "phr"),
    ],
)
def test_registration_2_default_acr_values_hold_where_nothing_else_is_asked(
    http, make, ready, asked, answered
):
    client = make.clients.own_app(scope="openid", default_acr_values=["gold", "aal1"])
    make.browsers.sign_in(http, person=ready.person, by="passkey")
    rp = RelyingParty(http, client)
    assert rp.finish(rp.ask(**asked)).claims["acr"] == answered


class TestFurtherFactors:
    """§3.1.2.1 and §5.5.1.1: a level that the user reaches by one more factor."""

    @pytest.fixture
    def phone(self, make, ready, clock):
        """The authenticator app of a person whom no policy asks for it."""
        make.policies.decide(second_factor="off")
        return make.factors.totp(ready.person)

    @pytest.fixture
    def browser(self, app, rp):
        browser = Browser(app)
        browser.http = rp.http
        return browser

    def show(self, browser, phone):
        return browser.follow(browser.send(code=phone.code()))

    @pytest.mark.parametrize(
        "asked",
        [
            {"acr_values": "phr aal2"},
            {"claims": '{"id_token": {"acr": {"values": ["aal2"]}}}'},
            {"claims": '{"id_token": {"acr": {"essential": true, "value": "aal2"}}}'},
        ],
    )
    def test_it_is_asked_for_and_answered(self, rp, browser, phone, asked):
        before = rp.finish(rp.ask())
        browser.follow(rp.ask(**asked))
        assert "Six digits, from your authenticator app." in browser.text
        done = rp.finish(self.show(browser, phone))
        assert done.claims["acr"] == "aal2"
        assert done.claims["amr"] == ["mfa", "otp", "pwd"]
        assert done.claims["auth_time"] >= before.claims["auth_time"]
        assert done.claims["sid"] == before.claims["sid"]

    def test_max_age_has_the_first_proof_renewed_too(self, rp, browser, phone, clock):
        clock.tick(minutes=5)
        browser.follow(rp.ask(acr_values="aal2", max_age="60"))
        browser.submit(password=PASSWORD)
        assert "Six digits, from your authenticator app." in browser.text
        done = rp.finish(self.show(browser, phone))
        assert done.claims["acr"] == "aal2"
        assert done.claims["auth_time"] == int(clock.now.timestamp())

    def test_prompt_none_shows_no_page_for_it(self, rp, phone):
        assert error_of(rp, prompt="none", acr_values="aal2") == "login_required"
        wanted = {"id_token": {"acr": {"essential": True, "value": "phr"}}}
        error = error_of(rp, prompt="none", claims=json.dumps(wanted))
        assert error == "unmet_authentication_requirements"
        done = rp.finish(rp.ask(prompt="none", acr_values="phr"))
        assert done.claims["acr"] == "aal1"

    @pytest.mark.parametrize(
        ("asked", "answered"),
        [
            ({"acr_values": "phr aal2 aal1"}, "aal1"),
            ({"acr_values": "aal2"}, "aal1"),
            ({"claims": '{"id_token": {"acr": {"values": ["aal2"]}}}'}, "aal1"),
        ],
    )
    def test_a_wish_can_be_declined(self, rp, browser, phone, asked, answered):
        browser.follow(rp.ask(**asked))
        done = rp.finish(browser.follow(browser.send(WITHOUT)))
        assert done.claims["acr"] == answered

    def test_so_can_what_a_client_registered(self, http, browser, make, phone):
        client = make.clients.own_app(scope="openid", default_acr_values=["aal2"])
        notes = RelyingParty(http, client)
        browser.follow(notes.ask())
        done = notes.finish(browser.follow(browser.send(WITHOUT)))
        assert done.claims["acr"] == "aal1"

    def test_what_is_essential_cannot_be_declined(self, rp, browser, phone):
        wanted = {"id_token": {"acr": {"essential": True, "value": "aal2"}}}
        browser.follow(rp.ask(claims=json.dumps(wanted)))
        [form] = browser.page.forms
        assert form.action != WITHOUT
        browser.follow(browser.http.post(WITHOUT, data=dict(form.fields)))
        assert "Six digits, from your authenticator app." in browser.text

    def test_nor_can_what_a_policy_wants(self, rp, browser, phone, make):
        make.policies.decide("client", rp.client.client_id, acr="aal2")
        browser.follow(rp.ask(acr_values="aal2"))
        [form] = browser.page.forms
        browser.follow(browser.http.post(WITHOUT, data=dict(form.fields)))
        assert "Six digits, from your authenticator app." in browser.text

    def test_nor_the_second_factor_of_a_sign_in(self, rp, browser, phone, make, ready):
        make.policies.decide(second_factor=None)
        browser.http.delete_cookie("__Host-idp", domain="idp.example")
        browser.follow(rp.ask(acr_values="aal2"))
        person = ready.person
        browser.submit(username=person.email, password=person.password)
        [form] = browser.page.forms
        browser.follow(browser.http.post(WITHOUT, data=dict(form.fields)))
        assert "Six digits, from your authenticator app." in browser.text
