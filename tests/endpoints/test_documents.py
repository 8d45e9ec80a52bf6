"""Discovery and keys."""

import pytest

from idp.core.db import db
from idp.endpoints import FOR_PROGRAMS
from idp.oauth.keys import rotation
from tests.oauth.calls import anonymous

DISCOVERY = "/.well-known/openid-configuration"
JWKS = "/.well-known/jwks.json"
WEBAUTHN = "/.well-known/webauthn"


@pytest.fixture(autouse=True)
def keys(app):
    with app.app_context():
        rotation.ensure_keys("ES256")
        db.session.commit()


def test_both_discovery_documents_are_the_same(http):
    other = http.get("/.well-known/oauth-authorization-server")
    assert http.get(DISCOVERY).data == other.data


def test_every_announced_endpoint_exists(http, app):
    told = http.get(DISCOVERY).json
    routes = {rule.rule for rule in app.url_map.iter_rules()}
    routes |= {endpoint.path for endpoint in FOR_PROGRAMS}
    urls = {k: v for k, v in told.items() if k.endswith(("_endpoint", "_uri"))}
    assert set(urls) >= {"token_endpoint", "userinfo_endpoint", "jwks_uri"}
    for url in urls.values():
        assert url.startswith(told["issuer"])
        assert url.removeprefix(told["issuer"]) in routes


@pytest.mark.parametrize("path", [DISCOVERY, JWKS])
def test_documents_may_be_kept_and_are_not_sent_twice(http, path):
    first = http.get(path)
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert first.mimetype == "application/json"
    tag = first.headers["ETag"]
    again = http.get(path, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert http.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert http.head(path).status_code == 200


def test_the_keys_are_public_and_named(http):
    for key in http.get(JWKS).json["keys"]:
        assert key["use"] == "sig"
        assert key["kid"]
        assert key["alg"]
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & key.keys()


@pytest.mark.parametrize("path", [DISCOVERY, JWKS])
def test_a_document_is_the_same_whichever_host_of_ours_is_asked(http, path):
    http.get(path)  # keys are read at first use
    here = http.get(path)
    elsewhere = http.get(path, base_url="https://IDP.example:443")
    assert anonymous(here) == anonymous(elsewhere)


@pytest.mark.parametrize("path", [DISCOVERY, JWKS])
def test_a_document_obeys_the_rules_of_every_answer(http, path):
    http.get(path)
    assert http.get(path).headers["X-Content-Type-Options"] == "nosniff"
    assert http.get(path, base_url="https://evil.example").status_code == 421
    assert http.post(path).status_code == 405


def test_a_new_key_is_published_when_the_old_list_has_aged(http, app, clock):
    before = http.get(JWKS).json["keys"]
    with app.app_context():
        rotation.rotate()
        db.session.commit()
    clock.tick(seconds=31)
    assert len(http.get(JWKS).json["keys"]) == len(before) + 1


def test_browsers_learn_which_origins_may_use_the_passkeys(http):
    answer = http.get(WEBAUTHN)
    assert answer.json == {"origins": ["https://idp.example"]}
    assert answer.mimetype == "application/json"
    tag = answer.headers["ETag"]
    assert http.get(WEBAUTHN, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    "environ",
    [
        {
            "IDP_WEBAUTHN_RP_ID": "old.example",
            "IDP_WEBAUTHN_ORIGINS": "https://idp.example, https://old.example",
            "IDP_HOST_ALIASES": "old.example",
        }
    ],
)
def test_the_host_that_passkeys_were_made_for_names_the_new_one(http):
    answer = http.get(WEBAUTHN, base_url="https://old.example")
    assert answer.json == {"origins": ["https://idp.example", "https://old.example"]}


@pytest.mark.parametrize(
    "path", ["/.well-known/openid-configuration", "/.well-known/jwks.json"]
)
def test_scripts_may_read_it_with_headers_of_their_own(http, path):
    asked = {
        "Origin": "https://anywhere.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "x-requested-with",
    }
    answer = http.options(path, headers=asked)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "*" in answer.headers["Access-Control-Allow-Headers"]
