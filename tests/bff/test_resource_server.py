"""An API that takes our server's access tokens, and no others."""

import httpx
import pytest

from idp.core.clock import unix, utcnow
from idp_rp.resource_server import NoAccess, ResourceServer
from tests.bff.apps import RESOURCE
from tests.bff.peer import ISSUER, RefreshingPeer
from tests.issuer import ISSUER as OURS
from tests.make_users import PASSWORD
from tests.rp import RelyingParty

CLAIMS = {"aud": RESOURCE, "scope": "read write", "client_id": "app"}


@pytest.fixture
def peer():
    return RefreshingPeer(header={"typ": "at+jwt"})


def token(peer, **claims):
    """Return a token of the peer with these claims."""
    given = peer.logout_token(**({"events": None, "jti": None} | CLAIMS | claims))
    return f"Bearer {given}"


@pytest.fixture
def tokens(peer, clock):
    return ResourceServer(
        ISSUER,
        resource=RESOURCE,
        transport=ByCall(peer),
        now=lambda: float(unix(utcnow())),
    )


class ByCall(httpx.MockTransport):
    """Answers that are read as those of a network are."""

    def handle_request(self, request):
        answer = super().handle_request(request)
        stream = httpx.ByteStream(answer.content)
        return httpx.Response(answer.status_code, stream=stream)


def test_a_token_tells_who_calls_and_what_for(tokens, peer):
    caller = tokens.caller(token(peer), scope="read")
    assert (caller.sub, caller.client_id) == ("upstream-ada", "app")
    assert caller.scope == {"read", "write"}


@pytest.mark.parametrize("scheme", [None, "", "Basic x", "Bearer", "Bearer "])
def test_without_a_token_there_is_a_bare_challenge(tokens, scheme):
    with pytest.raises(NoAccess) as refused:
        tokens.caller(scheme)
    assert (refused.value.status, refused.value.challenge) == (401, "Bearer")


@pytest.mark.parametrize(
    "claims", [{"aud": "another"}, {"iss": "https://x.example"}, {"exp": 1}]
)
def test_a_token_for_somebody_else_is_refused(tokens, peer, claims):
    with pytest.raises(NoAccess) as refused:
        tokens.caller(token(peer, **claims))
    assert refused.value.challenge == 'Bearer error="invalid_token"'


def test_an_id_token_is_no_access_token(tokens, peer):
    peer.header = {"typ": "JWT"}
    with pytest.raises(NoAccess, match="another type"):
        tokens.caller(token(peer))


def test_a_scope_that_is_missing_is_named(tokens, peer):
    with pytest.raises(NoAccess) as refused:
        tokens.caller(token(peer), scope="read delete")
    assert refused.value.status == 403
    assert 'scope="read delete"' in refused.value.challenge


def test_an_issuer_that_is_down_is_no_fault_of_the_caller(tokens, peer):
    given = token(peer)
    peer.closed = True
    with pytest.raises(NoAccess) as refused:
        tokens.caller(given)
    assert refused.value.status == 503


@pytest.mark.any_database
def test_our_servers_tokens_are_taken(app, browser, make):
    make.clients.api(RESOURCE, "read")
    client = make.clients.client(
        first_party=True,
        scope="openid read",
        apis=[{"identifier": RESOURCE, "scopes": ["read"]}],
    )
    notes = RelyingParty(browser.http, client, scope="openid read")
    ada = make.users.account()
    browser.sign_in(ada.email, PASSWORD)
    answer = browser.follow(notes.ask(resource=RESOURCE))
    tokens = notes.finish(answer).tokens
    ours = ResourceServer(OURS, resource=RESOURCE, transport=httpx.WSGITransport(app))
    caller = ours.caller(f"Bearer {tokens['access_token']}", scope="read")
    assert (caller.sub, caller.client_id) == (ada.id, client.client_id)
