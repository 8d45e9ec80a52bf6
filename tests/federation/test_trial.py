"""Trying a provider: what fails is said in our words, and nobody signs in."""

import pytest

from idp.core.db import db
from idp.federation.providers.keys import make_key
from idp.federation.trial import TrialStep, try_provider
from idp.security.outbound.client import Outbound
from idp.web.provider_words import told_trial, trial_of, trial_words

RUDE = "<script>alert('from the peer')</script>"


@pytest.fixture(autouse=True)
def tell(peer):
    """Lets the provider tell clients from others, as real ones do."""

    def token(form, authorization):
        peer.seen.append(form)
        known = peer._is_client(form, authorization)
        return {"error": "invalid_grant" if known else "invalid_client"}

    peer.token = token


def tried(app):
    with app.app_context(), app.test_request_context():
        done = try_provider("acme", by=None)
        db.session.commit()
        assert trial_of(told_trial(done)) == done
        return done, trial_words(done)


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_provider_that_knows_this_server_passes(app, acme, method, make):
    acme(auth_method=method)
    done, words = tried(app)
    assert done.passed
    assert words == "It answers as it should, and knows this server."
    [noted] = make.records.audited_details("provider.tested")
    assert noted["after"] == {"passed": True, "step": None, "error": None}


def test_it_is_asked_as_at_a_sign_in(app, acme, peer):
    acme()
    tried(app)
    [sent] = peer.seen
    assert sent["redirect_uri"] == "https://idp.example/oauth2/callback/acme"
    assert sent["grant_type"] == "authorization_code"


def test_a_key_proves_this_server_too(app, acme):
    acme(auth_method="private_key_jwt", secret=make_key())
    assert tried(app)[0].passed


def test_a_wrong_secret_is_found(app, acme, make):
    acme(secret="another")
    done, words = tried(app)
    assert (done.step, done.error) == (TrialStep.TOKEN, "client")
    assert "our secret or key is wrong" in words
    [noted] = make.records.audited_details("provider.tested")
    assert noted["after"]["error"] == "client"


@pytest.mark.parametrize(
    "said",
    [
        ({"issuer": "https://another.example"}, TrialStep.DISCOVERY, "issuer"),
        ({"token_endpoint": None}, TrialStep.DISCOVERY, "endpoints"),
        ({"jwks_uri": None}, TrialStep.DISCOVERY, "jwks_uri"),
        (
            {"token_endpoint": "http://elsewhere.example"},
            TrialStep.DISCOVERY,
            "token_endpoint",
        ),
        ({"jwks_uri": "https://127.0.0.1:1/keys"}, TrialStep.KEYS, "connection"),
    ],
)
def test_what_it_says_of_itself_is_judged(app, acme, peer, said):
    peer.documents, *trouble = said
    acme()
    done, words = tried(app)
    assert [done.step, done.error] == trouble
    assert "another.example" not in words


@pytest.mark.parametrize(
    ("status", "error"), [(404, "refused"), (302, "refused"), (503, "status")]
)
def test_an_answer_of_another_status_is_no_document(app, acme, peer, status, error):
    peer.status = status
    acme()
    assert tried(app)[0].error == error


def test_a_provider_without_keys_signs_nobody_in(app, acme, peer):
    peer.keys.clear()
    acme()
    assert (tried(app)[0].step, tried(app)[0].error) == (TrialStep.KEYS, "no_keys")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"error": "bad_verification_code"}, None),
        ({"error": "invalid_code"}, None),
        ({"error": "incorrect_client_credentials"}, "client"),
        ({"error": "redirect_uri_mismatch"}, "redirect_uri"),
        ({"error": RUDE, "error_description": RUDE}, "unclear"),
        ({"error": ["odd"]}, "unclear"),
        ({"error": {"code": "odd"}}, "unclear"),
        ({}, "unclear"),
        ([], "no_json"),
    ],
)
def test_what_a_token_endpoint_says_is_told_in_our_words(
    app, acme, peer, answer, error
):
    peer.token = lambda _form, _authorization: answer
    acme()
    done, words = tried(app)
    assert done.error == error
    assert "script" not in words


def test_plain_oauth_is_tried_at_its_token_endpoint(app, acme, peer):
    acme(
        kind="oauth2",
        issuer=None,
        authorization_endpoint=f"{peer.url}/authorize",
        token_endpoint=f"{peer.url}/token",
        userinfo_endpoint=f"{peer.url}/userinfo",
    )
    assert tried(app)[0].passed
    assert peer.paths == []


def test_a_private_network_is_never_called(app, acme, peer):
    acme()
    app.extensions["idp"][Outbound] = Outbound(allow_loopback=False)
    assert tried(app)[0].error.startswith("blocked_")


@pytest.mark.parametrize("text", ["", "token.", "token.<b>", "x.client", "token"])
def test_an_address_tells_of_no_other_test(text):
    assert trial_of(text) is None
