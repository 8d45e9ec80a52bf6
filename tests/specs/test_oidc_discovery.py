"""OpenID Connect Discovery 1.0: each announced value works, and nothing else does."""

import json
from collections.abc import Callable

import pytest
from flask import Flask
from joserfc.jws import extract_compact

from idp.accounts.models import User
from idp.core.clock import utcnow
from idp.core.db import db
from idp.endpoints import FOR_PROGRAMS
from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from tests.browsing import Browser
from tests.oauth.calls import verified
from tests.rp import RelyingParty

PATH = "/.well-known/openid-configuration"
ISSUER = "https://idp.example"
EVERYTHING = (
    "openid profile email address phone groups organizations offline_access"
    " account:read account:profile account"
)
PROFILE = {
    "username": "ada",
    "username_key": "ada",
    "name": "Ada Lovelace",
    "given_name": "Ada",
    "family_name": "Lovelace",
    "nickname": "Countess",
    "picture": "https://app.example/ada.png",
    "middle_name": "Byron",
    "profile": "https://ada.example/about",
    "website": "https://ada.example",
    "gender": "female",
    "birthdate": "1815-12-10",
    "zoneinfo": "Europe/London",
    "locale": "en-GB",
    "phone_number": "+441234567",
    "phone_number_verified_at": utcnow(),
    "address": {"formatted": "1 Main Street"},
}
TRIED: dict[str, Callable] = {}


def tries(*members: str) -> Callable[[Callable], Callable]:
    """Note which members of the document a test is about."""

    def note(test: Callable) -> Callable:
        TRIED.update(dict.fromkeys(members, test))
        return test

    return note


@pytest.fixture
def told(http):
    """The document."""
    return http.get(PATH).json


@pytest.fixture
def ada(app: Flask, http, make):
    """A person who is signed in, about whom everything is known."""
    ada = make.browsers.sign_in(http, email="ada@example.org")
    with app.app_context():
        user = db.session.get_one(User, ada.user_id)
        for name, value in PROFILE.items():
            setattr(user, name, value)
        db.session.commit()
    return ada


@pytest.fixture
def rp(http, make, ada):
    """An app of the operator's own that may have everything."""
    return RelyingParty(
        http,
        make.clients.own_app(scope=EVERYTHING, app_roles=["reader"]),
        scope=EVERYTHING,
    )


def error_of(rp, **changed):
    return rp.checked(rp.ask(**changed)).get("error")


def test_section_3_every_member_is_tried_here(told):
    assert told.keys() == TRIED.keys()


@tries("issuer")
def test_section_4_3_the_issuer_is_where_the_document_is_and_in_tokens(rp, told):
    assert told["issuer"] == ISSUER
    assert rp.finish(rp.ask()).claims["iss"] == ISSUER


@tries(
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "revocation_endpoint",
    "introspection_endpoint",
    "end_session_endpoint",
    "device_authorization_endpoint",
)
def test_section_3_the_endpoints_are_there_and_no_other_is(app, http, told):
    urls = {k: v for k, v in told.items() if k.endswith(("_endpoint", "_uri"))}
    announced = {url.removeprefix(ISSUER) for url in urls.values()}
    for path in announced:
        assert http.get(path).status_code != 404, path
    served = {rule.rule for rule in app.url_map.iter_rules()}
    served |= {endpoint.path for endpoint in FOR_PROGRAMS}
    machine = {rule for rule in served if rule.startswith("/oauth2/")}
    machine = {rule for rule in machine if "provider_id" not in rule}  # as a client
    assert announced == machine | {"/.well-known/jwks.json"}


@tries("scopes_supported")
def test_section_3_each_scope_is_granted_and_no_other_is(rp, told):
    assert "openid" in told["scopes_supported"]
    for scope in told["scopes_supported"]:
        account = scope.startswith("account")
        audience = {"resource": f"{ISSUER}/account"} if account else {}
        asked = rp.ask(scope=scope, **audience)
        assert rp.finish(asked).tokens["scope"] == scope
    assert error_of(rp, scope="unheard-of") == "invalid_scope"


@tries("response_types_supported")
def test_section_3_each_response_type_is_answered_and_no_other_is(rp, told):
    every = ["code", "token", "id_token", "id_token token", "code id_token", "none"]
    works = [kind for kind in every if not error_of(rp, response_type=kind)]
    assert works == told["response_types_supported"]


@tries("response_modes_supported")
def test_section_3_each_response_mode_works_and_no_other_does(rp, told):
    every = ["query", "form_post", "fragment", "jwt", "query.jwt", "web_message"]
    works = [mode for mode in every if not error_of(rp, response_mode=mode)]
    assert works == told["response_modes_supported"]


OTHER_GRANTS = (
    "password",
    "implicit",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:openid:params:grant-type:ciba",
)


@tries("grant_types_supported")
def test_section_3_each_grant_type_is_known_and_no_other_is(http, make, told):
    client = make.clients.client()
    every = {*told["grant_types_supported"], *OTHER_GRANTS}
    form = {"code": "x", "redirect_uri": client.redirect_uri, "refresh_token": "x"}
    known = {
        grant
        for grant in every
        if http.post(
            "/oauth2/token", data=form | {"grant_type": grant}, headers=client.basic
        ).json["error"]
        != "unsupported_grant_type"
    }
    assert known == set(told["grant_types_supported"])


@tries("code_challenge_methods_supported")
def test_rfc_8414_each_challenge_method_works_and_no_other_does(rp, told):
    every = ["S256", "plain", "S512"]
    works = [name for name in every if not error_of(rp, code_challenge_method=name)]
    assert works == told["code_challenge_methods_supported"]


@tries("id_token_signing_alg_values_supported", "userinfo_signing_alg_values_supported")
# RFC 9864 renames EdDSA; relying parties of today know no other name
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated via RFC 9864")
@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "PS256", "EdDSA"])
def test_section_3_each_algorithm_signs(http, make, ada, told, algorithm):
    client = make.clients.client(
        id_token_signed_response_alg=algorithm, userinfo_signed_response_alg=algorithm
    )
    make.clients.consent(ada.person, client, EVERYTHING)
    rp = RelyingParty(http, client)
    tokens = rp.finish(rp.ask()).tokens
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    answer = http.get("/oauth2/userinfo", headers=bearer)
    assert answer.mimetype == "application/jwt"
    for member, token in (("id_token", tokens["id_token"]), ("userinfo", answer.text)):
        assert algorithm in told[f"{member}_signing_alg_values_supported"]
        assert extract_compact(token.encode()).headers()["alg"] == algorithm
        known = ["RS256", "ES256", "PS256", "EdDSA", "Ed25519"]
        assert verified(http, token, algorithms=known).claims["sub"] == ada.user_id


@pytest.mark.parametrize(
    ("announced", "member"),
    [
        ("id_token_signing_alg_values_supported", "id_token_signed_response_alg"),
        ("userinfo_signing_alg_values_supported", "userinfo_signed_response_alg"),
        (
            "token_endpoint_auth_signing_alg_values_supported",
            "token_endpoint_auth_signing_alg",
        ),
    ],
)
def test_section_3_no_other_algorithm_can_be_registered(make, told, announced, member):
    for other in ("none", "HS256", "RS384", "ES512", "ES256K"):
        assert other not in told[announced]
        with pytest.raises(InvalidClientMetadata):
            make.clients.client(**{member: other})


@tries(
    *(
        f"{endpoint}_endpoint_auth_{what}_supported"
        for endpoint in ("token", "revocation", "introspection")
        for what in ("methods", "signing_alg_values")
    )
)
def test_section_3_clients_prove_themselves_as_announced(told):
    """Each is tried in test_rfc8414.py and test_rfc7523.py."""
    methods = set(told["token_endpoint_auth_methods_supported"])
    assert set(told["revocation_endpoint_auth_methods_supported"]) == methods
    for endpoint in ("token", "revocation", "introspection"):
        name = f"{endpoint}_endpoint_auth_signing_alg_values_supported"
        assert set(told[name]) == {"RS256", "PS256", "ES256", "EdDSA"}


@tries("subject_types_supported")
def test_section_3_a_public_subject_is_the_same_everywhere(http, make, rp, told):
    other = RelyingParty(http, make.clients.own_app(scope="openid"))
    subjects = {app.finish(app.ask()).claims["sub"] for app in (rp, other)}
    assert (len(subjects), told["subject_types_supported"]) == (1, ["public"])
    with pytest.raises(InvalidClientMetadata):
        make.clients.client(subject_type="pairwise")


@tries("claims_supported", "claims_parameter_supported", "claim_types_supported")
def test_section_3_each_claim_is_told_and_no_other_is(make, ada, rp, told):
    acme = make.organizations.organization(ada.person)
    wanted = dict.fromkeys([*told["claims_supported"], "unheard_of"])
    asked = json.dumps({"userinfo": wanted, "id_token": wanted})
    done = rp.finish(rp.ask(claims=asked, organization=acme))
    in_id_token, in_userinfo = set(done.claims), set(rp.userinfo(done.tokens))
    assert in_id_token == set(told["claims_supported"])
    assert in_userinfo <= in_id_token
    assert (told["claims_parameter_supported"], told["claim_types_supported"]) == (
        True,
        ["normal"],
    )


@tries("acr_values_supported")
def test_section_3_each_acr_is_reached_and_no_other_is(rp, told, http, make, ada):
    make.browsers.sign_in(http, person=ada.person, by="passkey")

    def demand(acr):
        claims = {"id_token": {"acr": {"essential": True, "value": acr}}}
        return {"claims": json.dumps(claims), "acr_values": acr}

    for acr in told["acr_values_supported"]:
        assert rp.finish(rp.ask(**demand(acr))).claims["acr"] == acr
    assert error_of(rp, **demand("gold")) == "unmet_authentication_requirements"


@tries("prompt_values_supported")
def test_prompt_create_4_each_prompt_is_known_and_no_other_is(rp, told):
    every = [*told["prompt_values_supported"], "unheard_of"]
    refused = [name for name in every if refuses(rp, prompt=name)]
    assert refused == ["unheard_of"]


def refuses(rp, **changed):
    """Tell whether a request goes straight back as invalid."""
    answer = rp.ask(**changed)
    return "error=invalid_request" in answer.location


@tries("display_values_supported")
def test_section_3_each_display_shows_a_page(app, make, told):
    stranger = RelyingParty(app.test_client(), make.clients.spa(scope="openid"))
    for display in told["display_values_supported"]:
        assert stranger.reach(display=display).status_code == 200


@tries("ui_locales_supported")
def test_section_3_each_language_is_spoken(app, make, told):
    client = make.clients.spa(scope="openid")
    for language in told["ui_locales_supported"]:
        browser = Browser(app)
        rp = RelyingParty(browser.http, client)
        page = rp.reach(ui_locales=f"{language} en")
        assert f'<html lang="{language}"' in page.text


@tries("request_parameter_supported", "request_uri_parameter_supported")
def test_section_3_request_objects_are_refused_as_announced(rp, told):
    for name in ("request", "request_uri"):
        assert told[f"{name}_parameter_supported"] is False
        assert error_of(rp, **{name: "https://x.example"}) == f"{name}_not_supported"


@tries("authorization_response_iss_parameter_supported")
def test_rfc_9207_every_answer_names_the_issuer(rp, told):
    assert told["authorization_response_iss_parameter_supported"] is True
    assert rp.fields_of(rp.ask())["iss"] == ISSUER


@tries(
    *(
        f"{channel}channel_logout{what}_supported"
        for channel in ("back", "front")
        for what in ("", "_session")
    )
)
def test_logout_notices_name_the_session_of_the_id_token(rp, told, ada):
    """Both channels are tried in test_oidc_{back,front}channel_logout.py."""
    announced = [told[name] for name in told if "channel_logout" in name]
    assert announced == [True] * 4
    assert rp.finish(rp.ask()).claims["sid"] == ada.session_id


def test_section_4_the_document_is_json_that_may_be_kept_and_read_by_scripts(http):
    answer = http.get(PATH)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    known = {"If-None-Match": answer.headers["ETag"]}
    assert http.get(PATH, headers=known).status_code == 304


class TestClosedServer:
    """Where nobody can sign up, nobody is sent there."""

    @pytest.fixture
    def environ(self):
        return {"IDP_REGISTRATION": "closed"}

    def test_prompt_create_4_it_is_neither_announced_nor_taken(self, rp, told):
        assert "create" not in told["prompt_values_supported"]
        assert error_of(rp, prompt="create") == "invalid_request"
