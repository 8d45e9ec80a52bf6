from urllib.parse import parse_qs, urlsplit

import pytest

from idp.demo.exchanges import Journal
from idp.demo.http_client import IssuerUnreachableError
from idp.demo.relying_party import Attempt, RelyingParty, url_with


@pytest.fixture
def party(issuer):
    return RelyingParty(
        issuer=issuer.url,
        client_id="demo-web",
        client_secret="web secret/1",
        redirect_uri="http://localhost/web/callback",
        journal=Journal(),
    )


def test_the_challenge_is_the_one_of_rfc_7636_appendix_b():
    attempt = Attempt(code_verifier="dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert attempt.code_challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_two_attempts_share_no_value():
    first, second = Attempt(), Attempt()
    assert first.state != second.state
    assert first.nonce != second.nonce
    assert first.code_verifier != second.code_verifier


def test_the_authorization_request_carries_everything_but_the_verifier(party):
    attempt = Attempt()
    asked = party.authorization_request(attempt, scope="openid email")
    url = url_with("http://op.example/authorize?tenant=1", asked)
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert query == {
        "tenant": "1",
        "response_type": "code",
        "client_id": "demo-web",
        "redirect_uri": "http://localhost/web/callback",
        "scope": "openid email",
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": attempt.code_challenge,
        "code_challenge_method": "S256",
    }
    assert attempt.code_verifier not in url


def test_discovery_of_a_foreign_issuer_is_refused(party, issuer):
    issuer.extra_metadata["issuer"] = "https://somebody.example"
    with pytest.raises(IssuerUnreachableError, match=r"somebody\.example"):
        party.discover()


def test_discovery_without_a_token_endpoint_is_refused(party, issuer):
    found = issuer.metadata()
    del found["token_endpoint"]
    issuer.metadata = lambda: found
    with pytest.raises(IssuerUnreachableError, match="token_endpoint"):
        party.discover()


def test_the_journal_shortens_every_secret(party, issuer):
    provider = party.discover()
    attempt = Attempt()
    asked = party.authorization_request(attempt, scope="openid")
    code = parse_qs(urlsplit(issuer.authorize(asked)).query)["code"][0]
    tokens = party.redeem(provider, code=code, code_verifier=attempt.code_verifier)
    party.userinfo(provider, access_token=tokens.access_token)
    written = repr(party.journal.exchanges)
    secrets = [
        code,
        attempt.code_verifier,
        tokens.access_token,
        tokens.refresh_token,
        tokens.id_token,
    ]
    assert not [secret for secret in secrets if secret in written]
    assert f"{issuer.url}/token" in written
