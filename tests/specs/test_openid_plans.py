"""What the OpenID Foundation's suite asks, module by module, in both response modes.

The plans are basic, form-post basic and config; each test is named after its module
(docs/conformance.md). The suite's clients have a secret and send no PKCE.
"""

import json

import pytest
from joserfc.jws import extract_compact

from idp.accounts.models import User
from idp.core.clock import utcnow
from idp.core.db import db
from tests.browsing import Browser
from tests.hosted_pages import read_page
from tests.make_users import PASSWORD
from tests.oauth.calls import claims_of
from tests.rp import RelyingParty

EVERYTHING = "openid profile email address phone offline_access"
PROFILE = {
    "username": "ada",
    "username_key": "ada",
    "name": "Ada Lovelace",
    "phone_number": "+441234567",
    "phone_number_verified_at": utcnow(),
    "address": {"formatted": "1 Main Street"},
}


class Suite(RelyingParty):
    """The suite's side: no PKCE, one response mode, one client authentication."""

    mode: str | None = None

    def parameters(self, **changed):
        """Return the request that the suite sends."""
        plain = {"code_challenge": None, "code_challenge_method": None}
        return super().parameters(**(plain | {"response_mode": self.mode} | changed))

    def redeem(self, code):
        """Exchange a code, without a verifier as there was no challenge."""
        uri = self.client.redirect_uri
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": uri}
        return self.ask_for_tokens(**form)

    def sign_in(self, **changed):
        """Complete a request of a person who has allowed everything."""
        return self.finish(self.ask(**changed))

    def error(self, **changed):
        """Return the error that a request is answered with."""
        return self.checked(self.ask(**changed))["error"]


@pytest.fixture(params=[None, "form_post"], ids=["basic", "form-post"])
def mode(request):
    return request.param


@pytest.fixture
def client(make):
    uris = ["https://suite.example/test/a/idp/callback"]
    return make.clients.client(
        require_pkce=False,
        redirect_uris=uris,
        scope=EVERYTHING,
        id_token_signed_response_alg="RS256",
    )


@pytest.fixture
def signed_in(http, make, client, clock):
    ada = make.browsers.sign_in(http, email="ada@example.com")
    make.clients.consent(ada.person, client, EVERYTHING)
    return ada


@pytest.fixture
def suite(http, client, signed_in, mode):
    made = Suite(http, client)
    made.mode = mode
    return made


@pytest.fixture
def stranger(app, suite):
    """The suite at a browser in which nobody is signed in."""
    made = Suite(app.test_client(), suite.client)
    made.mode = suite.mode
    return made


def told(suite, scope):
    """Return the names of the claims that a scope opens."""
    tokens = suite.sign_in(scope=scope).tokens
    return set(suite.userinfo(tokens))


def test_oidcc_server(suite):
    signed = suite.sign_in()
    assert suite.userinfo(signed.tokens)["sub"] == signed.claims["sub"]
    assert signed.tokens["token_type"] == "Bearer"


def test_oidcc_response_type_missing(suite):
    assert suite.error(response_type=None) == "invalid_request"


def test_oidcc_idtoken_signature(suite):
    tokens = suite.sign_in().tokens
    header = extract_compact(tokens["id_token"].encode()).headers()
    assert header["alg"] == "RS256"
    assert header["kid"]


@pytest.mark.parametrize("module", ["get", "post-header", "post-body"])
def test_oidcc_userinfo(suite, http, module):
    signed = suite.sign_in()
    token = signed.tokens["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    ways = {
        "get": {"method": "GET", "headers": bearer},
        "post-header": {"method": "POST", "headers": bearer},
        "post-body": {"method": "POST", "data": {"access_token": token}},
    }
    answer = http.open("/oauth2/userinfo", **ways[module])
    assert answer.json["sub"] == signed.claims["sub"]


def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(suite):
    tokens = suite.redeem(suite.checked(suite.ask(nonce=None))["code"]).json
    assert "id_token" in tokens


SCOPES = {
    "profile": {"name", "updated_at"},
    "email": {"email", "email_verified"},
    "address": {"address"},
    "phone": {"phone_number", "phone_number_verified"},
}


@pytest.fixture
def profile(app, signed_in):
    """Fill in what the scopes can tell."""
    with app.app_context():
        user = db.session.get(User, signed_in.user_id)
        for name, value in PROFILE.items():
            setattr(user, name, value)
        db.session.commit()


@pytest.mark.parametrize("scope", SCOPES)
def test_oidcc_scope(suite, profile, scope):
    names = told(suite, f"openid {scope}")
    assert SCOPES[scope] | {"sub"} <= names
    for other in SCOPES.keys() - {scope}:
        assert not SCOPES[other] & names


def test_oidcc_scope_all(suite, profile):
    assert set().union(*SCOPES.values()) <= told(suite, EVERYTHING)


def test_oidcc_ensure_other_scope_order_succeeds(suite, profile):
    assert {"sub", "email"} <= told(suite, "email openid")


@pytest.mark.parametrize("display", ["page", "popup"])
def test_oidcc_display(suite, display):
    assert suite.sign_in(display=display).claims


def signs_in_again(suite, app, **changed):
    browser = Browser(app)
    browser.http = suite.http
    browser.follow(suite.ask(**changed))
    browser.submit(password=PASSWORD)
    return suite.finish(browser.response).claims


def test_oidcc_prompt_login(suite, app, clock):
    first = suite.sign_in().claims["auth_time"]
    clock.tick(seconds=2)
    assert signs_in_again(suite, app, prompt="login")["auth_time"] == first + 2


def test_oidcc_prompt_none_not_logged_in(stranger):
    assert stranger.error(prompt="none") == "login_required"


def test_oidcc_prompt_none_logged_in(suite):
    first, second = suite.sign_in(), suite.sign_in(prompt="none")
    for claim in ("sub", "auth_time"):
        assert first.claims[claim] == second.claims[claim]


def test_oidcc_max_age_1(suite, app, clock):
    first = suite.sign_in().claims["auth_time"]
    clock.tick(seconds=2)
    assert signs_in_again(suite, app, max_age="1")["auth_time"] == first + 2


def test_oidcc_max_age_10000(suite, clock):
    first = suite.sign_in(max_age="15000").claims["auth_time"]
    clock.tick(seconds=1)
    assert suite.sign_in(max_age="10000").claims["auth_time"] == first


def test_oidcc_ensure_request_with_unknown_parameter_succeeds(suite):
    assert suite.sign_in(extra="foobar").claims


def test_oidcc_id_token_hint(suite):
    first = suite.sign_in()
    hint = first.tokens["id_token"]
    again = suite.sign_in(prompt="none", id_token_hint=hint)
    assert again.claims["sub"] == first.claims["sub"]


def test_oidcc_login_hint(stranger):
    page = read_page(stranger.reach(login_hint="ada@example.com"))
    assert ("username", "ada@example.com") in page.forms[0].fields


def test_oidcc_ui_locales(suite):
    assert suite.sign_in(ui_locales="se").claims


def test_oidcc_claims_locales(suite):
    assert suite.sign_in(claims_locales="se").claims


def test_oidcc_ensure_request_with_acr_values_succeeds(suite):
    wanted, others = suite.metadata["acr_values_supported"], ["1", "2"]
    for values in (wanted, others):
        assert suite.sign_in(acr_values=" ".join(values)).claims["acr"] in wanted


@pytest.mark.parametrize("seconds", [0, 31])
def test_oidcc_codereuse(suite, http, clock, seconds):
    code = suite.checked(suite.ask())["code"]
    token = suite.redeem(code).json["access_token"]
    clock.tick(seconds=seconds)
    again = suite.redeem(code)
    assert (again.status_code, again.json["error"]) == (400, "invalid_grant")
    bearer = {"Authorization": f"Bearer {token}"}
    assert http.get("/oauth2/userinfo", headers=bearer).status_code == 401


def test_oidcc_ensure_registered_redirect_uri(suite):
    answer = suite.ask(redirect_uri=suite.client.redirect_uri + "/other")
    assert (answer.status_code, answer.mimetype) == (400, "text/html")


def test_oidcc_ensure_post_request_succeeds(suite, http):
    stored = http.post("/oauth2/authorize", data=suite.parameters())
    assert suite.finish(http.get(stored.location)).claims


def test_oidcc_server_client_secret_post(http, make, signed_in, mode):
    client = make.clients.client(
        require_pkce=False,
        scope=EVERYTHING,
        token_endpoint_auth_method="client_secret_post",
    )
    make.clients.consent(signed_in.person, client, EVERYTHING)
    suite = Suite(http, client)
    suite.mode = mode
    form = {
        "grant_type": "authorization_code",
        "code": suite.checked(suite.ask())["code"],
        "redirect_uri": client.redirect_uri,
        "client_id": client.client_id,
        "client_secret": client.client_secret,
    }
    assert suite.verified(http.post("/oauth2/token", data=form).json["id_token"])


def test_oidcc_request_uri_unsigned(suite):
    uri = "https://suite.example/request.jwt"
    assert suite.error(request_uri=uri) == "request_uri_not_supported"


def test_oidcc_unsigned_request_object(suite):
    unsigned = "eyJhbGciOiJub25lIn0.e30."
    assert suite.error(request=unsigned) == "request_not_supported"


def test_oidcc_ensure_request_object_with_redirect_uri(suite):
    assert suite.error(request="eyJhbGciOiJub25lIn0.e30.") == "request_not_supported"


def test_oidcc_claims_essential(suite, profile):
    wanted = json.dumps({"userinfo": {"name": {"essential": True}}})
    tokens = suite.sign_in(scope="openid", claims=wanted).tokens
    assert suite.userinfo(tokens)["name"] == "Ada Lovelace"


def test_oidcc_refresh_token(suite, http):
    first = suite.sign_in(scope=EVERYTHING)
    renewed = suite.refresh(first.tokens["refresh_token"])
    claims = claims_of(http, renewed["id_token"])
    for claim in ("iss", "sub", "aud", "auth_time"):
        assert claims[claim] == first.claims[claim]


def test_oidcc_ensure_request_with_valid_pkce_succeeds(http, suite):
    with_pkce = RelyingParty(http, suite.client)
    assert with_pkce.finish(with_pkce.ask(response_mode=suite.mode)).claims


def test_oidcc_discovery_endpoint_verification(http):
    answer = http.get("/.well-known/openid-configuration")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    told = answer.json
    assert told["issuer"] == "https://idp.example"
    assert told["response_types_supported"] == ["code"]
    assert told["subject_types_supported"] == ["public"]
    assert "RS256" in told["id_token_signing_alg_values_supported"]
    assert "RS256" in told["userinfo_signing_alg_values_supported"]
    assert "authorization_code" in told["grant_types_supported"]
    assert {"openid", "profile"} <= set(told["scopes_supported"])
    assert {"sub", "name", "email"} <= set(told["claims_supported"])
    urls = [v for k, v in told.items() if k.endswith(("_endpoint", "_uri"))]
    assert all(url.startswith("https://idp.example/") for url in urls)
    keys = http.get("/.well-known/jwks.json").json["keys"]
    assert not any({"d", "k", "p", "q"} & key.keys() for key in keys)
