"""What helps to set a provider up: presets, and what a provider says of itself."""

import pytest

from idp.security.outbound.client import Outbound
from tests.api.callers import problem
from tests.federation.peers import provider_at_peer

PRESETS, DISCOVERY = "/api/admin/provider-presets", "/api/admin/provider-discovery"


@pytest.fixture
def admin(program, make):
    make.clients.spa()
    program.sign_in(make.users.account(roles=["admin"]))
    return program


@pytest.fixture
def peer(app):
    app.extensions["idp"][Outbound] = Outbound(allow_loopback=True)
    with provider_at_peer() as running:
        yield running


def test_presets_say_what_is_known_and_what_they_ask_for(admin):
    items = {each["id"]: each for each in admin.get(PRESETS).json["items"]}
    assert items["microsoft"]["asks"] == ["tenant"]
    assert items["github"]["members"]["kind"] == "oauth2"
    assert items["google"]["members"]["scopes"] == ["openid", "profile", "email"]
    assert items["active-directory"]["members"]["kind"] == "ldap"


@pytest.mark.parametrize("path", ["", "/", "/.well-known/openid-configuration"])
def test_a_provider_is_asked_what_it_is(admin, peer, path):
    peer.documents = {"issuer": f"{peer.url}/"} if path == "/" else {}
    told = admin.post(DISCOVERY, {"url": f"{peer.url}{path}"}).json
    issuer = f"{peer.url}/" if path == "/" else peer.url
    assert told["error"] is None
    assert told["found"] == {
        "issuer": issuer,
        "authorization_endpoint": f"{peer.url}/authorize",
        "token_endpoint": f"{peer.url}/token",
        "userinfo_endpoint": f"{peer.url}/userinfo",
        "jwks_uri": f"{peer.url}/jwks",
        "end_session_endpoint": f"{peer.url}/logout",
        "auth_method": "client_secret_basic",
        "says_issuer": False,
    }
    assert admin.get("/api/admin/providers").json["items"] == []


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("https://127.0.0.1", "blocked_address"),
        ("http://login.acme.example", "blocked_url"),
        ("no url", "blocked_url"),
    ],
)
def test_where_it_leads_nowhere_our_words_say_so(admin, url, error):
    told = admin.post(DISCOVERY, {"url": url}).json
    assert told["found"] is None
    assert told["error"] == error
    assert told["message"].startswith("Reading what it says of itself failed.")


def test_what_it_writes_itself_is_told_to_nobody(admin, peer):
    peer.documents = {"issuer": "https://evil.example/<b>secret", "token_endpoint": "x"}
    answer = admin.post(DISCOVERY, {"url": peer.url})
    assert answer.json["error"] == "issuer"
    assert "secret" not in answer.text


def test_who_may_not_set_providers_up_asks_none(program, make):
    make.clients.spa()
    program.sign_in(make.users.account(roles=["auditor"]))
    assert program.get(PRESETS).status_code == 200
    refused = program.post(DISCOVERY, {"url": "https://a.example"})
    assert problem(refused) == (403, "not_permitted")
