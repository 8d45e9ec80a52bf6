"""RFC 7523 and 7521: clients that prove themselves by a signed assertion."""

import base64
import json
from urllib.parse import urlencode

import pytest
from joserfc.jwk import OctKey

from idp.core.db import db
from idp.security.models import AuditEvent
from tests.oauth.assertions import (
    ISSUER,
    SIGNING,
    ask_for_token,
    assertion_form,
    claims_for,
    new_key,
    public_set,
    signed,
    signing_client,
)
from tests.oauth.calls import anonymous, verified

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")

HOUR = 3600


@pytest.fixture
def key():
    return new_key()


@pytest.fixture
def client(make, key):
    return signing_client(make, key)


def refused(http, assertion: str, **more) -> str:
    """Assert that an assertion proves nothing; return what the client is told."""
    answer = ask_for_token(http, assertion, **more)
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")
    assert "WWW-Authenticate" in answer.headers
    return answer.json["error_description"]


@pytest.mark.parametrize("algorithm", SIGNING)
def test_section_2_2_a_signed_assertion_proves_the_client(http, make, algorithm):
    key = new_key(algorithm)
    client = signing_client(make, key)
    assertion = signed(claims_for(client.client_id), key, algorithm=algorithm)
    answer = ask_for_token(http, assertion)
    assert answer.status_code == 200, answer.text
    token = verified(http, answer.json["access_token"])
    assert token.claims["client_id"] == client.client_id


@pytest.mark.parametrize("path", ["/oauth2/revoke", "/oauth2/introspect"])
def test_section_2_2_it_counts_at_every_endpoint_of_clients(http, client, key, path):
    assertion = signed(claims_for(client.client_id), key)
    answer = http.post(path, data=assertion_form(assertion, token="x"))
    assert answer.status_code == 200
    again = http.post(path, data=assertion_form(assertion, token="x"))
    assert again.status_code == 401


def test_rfc_7521_section_4_2_the_client_id_may_be_sent_and_must_agree(
    http, client, key
):
    same = signed(claims_for(client.client_id), key)
    assert ask_for_token(http, same, client_id=client.client_id).status_code == 200
    other = signed(claims_for(client.client_id), key)
    answer = ask_for_token(http, other, client_id="somebody-else")
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


def test_rfc_7521_section_4_2_both_parameters_are_needed(http, client, key):
    assertion = signed(claims_for(client.client_id), key)
    for form in (
        {"client_assertion": assertion},
        {"client_assertion_type": assertion_form("x")["client_assertion_type"]},
        assertion_form(assertion) | {"client_assertion_type": "urn:saml2-bearer"},
    ):
        answer = http.post(
            "/oauth2/token", data=form | {"grant_type": "client_credentials"}
        )
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


def test_rfc_7521_section_4_2_1_no_second_method_beside_it(http, make, client, key):
    web = make.clients.web_client()
    form = assertion_form(signed(claims_for(client.client_id), key))
    form["grant_type"] = "client_credentials"
    with_header = http.post("/oauth2/token", data=form, headers=web.basic)
    with_secret = http.post("/oauth2/token", data=form | {"client_secret": "x"})
    for answer in (with_header, with_secret):
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("changed", [{"iss": "other"}, {"iss": None}])
def test_section_3_rule_1_the_issuer_is_the_client(http, client, key, changed):
    refused(http, signed(claims_for(client.client_id, **changed), key))


@pytest.mark.parametrize("sub", ["other", None, 5, "\ud800", "a\nb"])
def test_section_3_rule_2_the_subject_is_the_client(http, client, key, sub):
    refused(http, signed(claims_for(client.client_id, sub=sub), key))


@pytest.mark.parametrize(
    "aud",
    [
        None,
        "",
        "https://other.example",
        f"{ISSUER}/",
        f"{ISSUER}/oauth2/token",
        [ISSUER, "https://other.example"],
        [ISSUER, ISSUER],
        [],
        {"iss": ISSUER},
        5,
    ],
)
def test_section_3_rule_3_the_audience_is_the_issuer_alone(http, client, key, aud):
    told = refused(http, signed(claims_for(client.client_id, aud=aud), key))
    assert told == f"aud must be {ISSUER} and nothing else."


def test_section_3_rule_3_a_list_of_the_issuer_alone_is_the_same(http, client, key):
    assertion = signed(claims_for(client.client_id, aud=[ISSUER]), key)
    assert ask_for_token(http, assertion).status_code == 200


def test_section_3_rule_3_an_older_client_may_name_the_token_endpoint(http, make, key):
    older = signing_client(make, key, client_assertion_aud="token_endpoint")
    for aud in (f"{ISSUER}/oauth2/token", ISSUER):
        assertion = signed(claims_for(older.client_id, aud=aud), key)
        assert ask_for_token(http, assertion).status_code == 200
    refused(http, signed(claims_for(older.client_id, aud="https://other"), key))


def test_section_3_rule_3_the_log_names_the_switch_for_older_clients(
    http, client, key, app
):
    aud = f"{ISSUER}/oauth2/token"
    refused(http, signed(claims_for(client.client_id, aud=aud), key))
    with app.app_context():
        row = db.session.query(AuditEvent).filter_by(event="client.auth.fail").one()
        assert row.client_id == client.client_id
        assert "client_assertion_aud" in row.detail["reason"]


@pytest.mark.parametrize("exp", [None, "soon", True, [1], {}])
def test_section_3_rule_4_the_expiry_is_required(http, client, key, exp):
    refused(http, signed(claims_for(client.client_id, exp=exp), key))


def test_section_3_rule_4_an_expired_assertion_is_refused(http, client, key, clock):
    assertion = signed(claims_for(client.client_id), key)
    clock.tick(seconds=300)
    assert refused(http, assertion) == "The assertion has expired."


def test_section_3_rule_4_it_lives_for_an_hour_at_most(http, client, key, clock):
    now = int(clock.now.timestamp())
    allowed = signed(claims_for(client.client_id, exp=now + HOUR), key)
    assert ask_for_token(http, allowed).status_code == 200
    refused(http, signed(claims_for(client.client_id, exp=now + HOUR + 60), key))


@pytest.mark.parametrize("exp", ["NaN", "Infinity", "1e999", "9" * 5000])
def test_section_3_rule_4_an_expiry_that_is_no_number_is_no_crash(
    http, client, key, exp
):
    claims = json.dumps(claims_for(client.client_id) | {"exp": "@"})
    refused(http, signed(claims.replace('"@"', exp), key))


@pytest.mark.parametrize("name", ["nbf", "iat"])
def test_section_3_rules_5_and_6_it_is_not_from_the_future(
    http, client, key, clock, name
):
    now = int(clock.now.timestamp())
    slightly_off = signed(claims_for(client.client_id, **{name: now + 5}), key)
    assert ask_for_token(http, slightly_off).status_code == 200
    refused(http, signed(claims_for(client.client_id, **{name: now + 120}), key))


def test_section_3_rule_7_it_counts_once(http, client, key, caplog):
    assertion = signed(claims_for(client.client_id), key)
    assert ask_for_token(http, assertion).status_code == 200
    assert "jti" in refused(http, assertion)
    assert "counters unavailable" not in caplog.text  # nothing waits for the refusal


def test_section_3_rule_7_it_is_spent_by_a_refusal_too(http, client, key):
    assertion = signed(claims_for(client.client_id), key)
    assert ask_for_token(http, assertion, scope="nothing").status_code == 400
    assert "jti" in refused(http, assertion)


def test_section_3_rule_7_two_clients_may_happen_on_one_jti(http, make, key):
    for client in (signing_client(make, key), signing_client(make, key)):
        assertion = signed(claims_for(client.client_id, jti="1"), key)
        assert ask_for_token(http, assertion).status_code == 200


@pytest.mark.parametrize("jti", [None, "", 5, "x" * 256, "a\x00b", "\ud800"])
def test_section_3_rule_7_the_jti_is_required_here(http, client, key, jti):
    refused(http, signed(claims_for(client.client_id, jti=jti), key))


def test_section_3_rule_9_another_key_proves_nothing(http, client, key):
    stranger = new_key()
    refused(http, signed(claims_for(client.client_id), stranger))
    unknown = new_key(kid="two")
    refused(http, signed(claims_for(client.client_id), unknown))


def test_section_3_rule_9_an_altered_assertion_proves_nothing(http, client, key):
    head, _, signature = signed(claims_for(client.client_id), key).split(".")
    other = json.dumps(claims_for(client.client_id)).encode()
    payload = base64.urlsafe_b64encode(other).rstrip(b"=").decode()
    refused(http, f"{head}.{payload}.{signature}")


def test_section_3_rule_9_the_client_chooses_among_its_keys_by_kid(http, make):
    keys = [new_key(kid="one"), new_key(kid="two")]
    client = signing_client(make, *keys)
    for key in keys:
        assertion = signed(claims_for(client.client_id), key)
        assert ask_for_token(http, assertion).status_code == 200
    crossed = signed(claims_for(client.client_id), keys[0], header={"kid": "two"})
    refused(http, crossed)


@pytest.mark.parametrize("kid", [None, "unpublished"])
def test_section_3_rule_9_keys_without_a_name_are_tried(http, make, kid):
    keys = [new_key(kid=None), new_key(kid=None)]
    client = signing_client(make, *keys)
    for key in keys:
        header = {"kid": kid}
        assertion = signed(claims_for(client.client_id), key, header=header)
        assert ask_for_token(http, assertion).status_code == 200


def test_section_3_rule_10_an_unreadable_assertion_proves_nothing(http, client):
    nested = base64.urlsafe_b64encode(b"[" * 4000).decode()
    head = base64.urlsafe_b64encode(b'{"alg":"ES256"}').decode().rstrip("=")
    for broken in ("x", "a.b.c", "..", "é.é.é", f"{head}.{nested}.x", f"{nested}.x.x"):
        refused(http, broken, client_id=client.client_id)


def test_section_5_only_the_registered_algorithm_counts(http, make):
    key = new_key("RS256")
    client = signing_client(make, key, token_endpoint_auth_signing_alg="PS256")
    by_ps256 = signed(claims_for(client.client_id), key, algorithm="PS256")
    assert ask_for_token(http, by_ps256).status_code == 200
    refused(http, signed(claims_for(client.client_id), key, algorithm="RS256"))


def test_section_5_a_public_key_is_no_shared_secret(http, client, key):
    public = json.dumps(key.as_dict(private=False))
    shared = OctKey.import_key(public)
    claims = claims_for(client.client_id)
    forged = signed(claims, shared, algorithm="HS256", header={"kid": "one"})
    refused(http, forged)
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    refused(http, f"{unsigned}.{payload}.")


@pytest.mark.parametrize(
    "header",
    [
        {"jwk": {"kty": "EC"}},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/cert"},
        {"x5c": ["AAAA"]},
    ],
)
def test_rfc_8725_section_3_10_keys_in_the_header_are_refused(
    http, client, key, header
):
    refused(http, signed(claims_for(client.client_id), key, header=header))


def test_rfc_7515_section_4_1_11_unknown_critical_headers_are_refused(
    http, client, key
):
    head, payload, signature = signed(claims_for(client.client_id), key).split(".")
    critical = json.dumps({"alg": "ES256", "kid": "one", "crit": ["b64"], "b64": True})
    head = base64.urlsafe_b64encode(critical.encode()).rstrip(b"=").decode()
    refused(http, f"{head}.{payload}.{signature}")


def test_a_header_that_is_not_ours_to_know_is_no_harm(http, client, key):
    header = {"x5t": "AAAA", "typ": "JWT", "vendor": "yes"}
    assertion = signed(claims_for(client.client_id), key, header=header)
    assert ask_for_token(http, assertion).status_code == 200


def test_an_assertion_above_eight_kilobytes_is_refused_unread(http, client, key):
    claims = claims_for(client.client_id, more="x" * 8192)
    answer = ask_for_token(http, signed(claims, key))
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


def test_a_client_with_a_secret_cannot_sign_and_the_other_way_round(
    http, make, client, key
):
    web = make.clients.machine_client(jwks=public_set(key))
    refused(http, signed(claims_for(web.client_id), key))
    form = {"grant_type": "client_credentials", "client_id": client.client_id}
    assert http.post("/oauth2/token", data=form).status_code == 401
    form["client_secret"] = "None"
    assert http.post("/oauth2/token", data=form).status_code == 401


def test_an_unknown_client_and_a_wrong_signature_look_the_same(http, client):
    stranger = new_key()
    wrong = ask_for_token(http, signed(claims_for(client.client_id), stranger))
    unknown = ask_for_token(http, signed(claims_for("nobody"), stranger))
    assert wrong.status_code == unknown.status_code == 401
    assert anonymous(wrong) == anonymous(unknown)


def test_discovery_lists_the_method_and_its_algorithms(http):
    metadata = http.get("/.well-known/openid-configuration").json
    for endpoint in ("token", "revocation", "introspection"):
        methods = metadata[f"{endpoint}_endpoint_auth_methods_supported"]
        assert "private_key_jwt" in methods
        name = f"{endpoint}_endpoint_auth_signing_alg_values_supported"
        assert set(metadata[name]) == set(SIGNING)


def test_a_replay_is_refused_by_the_database_whoever_asks_first(http, client, key):
    assertion = signed(claims_for(client.client_id), key)
    form = urlencode(assertion_form(assertion, grant_type="client_credentials"))
    kind = "application/x-www-form-urlencoded"
    answers = [
        http.post("/oauth2/token", data=form, content_type=kind).status_code
        for _ in range(3)
    ]
    assert answers == [200, 401, 401]
