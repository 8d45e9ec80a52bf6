"""Keys of clients that are fetched from where they publish them."""

import json

import pytest

from idp.security.jwks import usable_key
from idp.security.outbound.client import Outbound
from tests.oauth.assertions import (
    ask_for_token,
    claims_for,
    new_key,
    public_set,
    signed,
    signing_client,
)
from tests.security.outbound.peers import answering, peer


class KeyServer:
    """The app's own server: what it answers, and how often it was asked."""

    def __init__(self, server) -> None:
        self.server = server
        self.url = f"http://127.0.0.1:{server.port}/jwks"

    def publish(self, *keys) -> None:
        self.answer(json.dumps(public_set(*keys)).encode())

    def answer(self, body: bytes, status: str = "200 OK", *headers: str) -> None:
        self.server.talk = answering(body, status, *headers)

    @property
    def asked(self) -> int:
        return len(self.server.requests)


@pytest.fixture
def key_server(app):
    """A key server on this machine, which the server may reach in development."""
    app.extensions["idp"][Outbound] = Outbound(allow_loopback=True)
    with peer(answering(b"")) as server:
        yield KeyServer(server)


@pytest.fixture
def client(make, key_server):
    return signing_client(make, jwks_uri=key_server.url)


def ask(http, client, key, **header) -> int:
    assertion = signed(claims_for(client.client_id), key, header=header)
    return ask_for_token(http, assertion).status_code


def test_published_keys_are_fetched_once_and_kept(http, key_server, client, clock):
    key = new_key()
    key_server.publish(key)
    for _ in range(3):
        clock.tick(seconds=90)
        assert ask(http, client, key) == 200
    assert key_server.asked == 1
    clock.tick(seconds=300)
    assert ask(http, client, key) == 200
    assert key_server.asked == 2
    assert key_server.server.requests[0].startswith(b"GET /jwks ")


def test_a_new_key_is_understood_at_its_first_use(http, key_server, client, clock):
    first, second = new_key(kid="one"), new_key(kid="two")
    key_server.publish(first)
    assert ask(http, client, first) == 200
    clock.tick(seconds=30)
    key_server.publish(first, second)
    assert ask(http, client, second) == 200
    assert ask(http, client, first) == 200
    assert key_server.asked == 2


def test_a_new_key_without_name_is_understood_too(http, key_server, client, clock):
    first, second = new_key(kid=None), new_key(kid=None)
    key_server.publish(first)
    assert ask(http, client, first) == 200
    clock.tick(seconds=30)
    key_server.publish(second)
    assert ask(http, client, second) == 200


def test_wrong_assertions_make_us_ask_at_most_every_half_minute(
    http, key_server, client, clock
):
    key = new_key()
    key_server.publish(key)
    assert ask(http, client, key) == 200
    for _ in range(5):
        assert ask(http, client, key, kid="unknown") == 401
    assert key_server.asked == 1
    clock.tick(seconds=30)
    for _ in range(5):
        assert ask(http, client, key, kid="unknown") == 401
    assert key_server.asked == 2


def test_a_wrong_signature_by_a_known_key_makes_us_ask_nobody(
    http, key_server, client, clock
):
    key_server.publish(new_key())
    assert ask(http, client, new_key()) == 401
    clock.tick(seconds=60)
    assert ask(http, client, new_key()) == 401
    assert key_server.asked == 1


def test_while_the_key_server_is_away_its_keys_count_for_a_day(
    http, key_server, client, clock
):
    key = new_key()
    key_server.publish(key)
    assert ask(http, client, key) == 200
    key_server.answer(b"", "503 Service Unavailable")
    clock.tick(hours=23)
    assert ask(http, client, key) == 200
    clock.tick(hours=1)
    assert ask(http, client, key) == 401


@pytest.mark.parametrize(
    "answer",
    [
        (b"",),
        (b"<html>",),
        (b"[" * 100_000,),
        (b'{"keys": [1]}',),
        (b'{"keys": {}}',),
        (b"x" * 300_000,),
        (b"", "302 Found", "Location: http://127.0.0.1/jwks"),
        (b"", "404 Not Found"),
    ],
)
def test_an_answer_that_is_no_key_set_proves_nobody(http, key_server, client, answer):
    key_server.answer(*answer)
    assert ask(http, client, new_key()) == 401


def test_a_private_key_that_was_published_counts_no_more(http, key_server, client):
    key = new_key()
    key_server.answer(json.dumps({"keys": [key.as_dict(private=True)]}).encode())
    assert ask(http, client, key) == 401


def test_an_address_inside_is_not_asked_even_if_it_was_registered(
    http, key_server, client, app
):
    key = new_key()
    key_server.publish(key)
    app.extensions["idp"][Outbound] = Outbound()
    assert ask(http, client, key) == 401
    assert key_server.asked == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"use": "enc"},
        {"key_ops": ["sign"]},
        {"key_ops": "verify"},
        {"alg": "ES384"},
        {"crv": "P-384"},
        {"crv": ["P-256"]},
        {"kty": {}},
        {"kty": "RSA"},
        {"x": "AA"},
        {"x": 5},
        {"x": "!"},
        {"kid": 5},
        {"d": "AA"},
    ],
)
def test_a_key_for_something_else_checks_no_signature(changed):
    good = new_key().as_dict(private=False)
    assert usable_key(good | {"use": "sig", "alg": "ES256", "key_ops": ["verify"]})
    assert usable_key(good | changed) is None


def test_a_key_that_is_weak_or_made_to_be_slow_is_none():
    good = new_key("RS256").as_dict(private=False)
    assert usable_key(good).algorithms == {"RS256", "PS256"}
    short, slow = "A" * 170 + "B", "f" * 340 + "w"
    assert usable_key(good | {"n": short}) is None
    assert usable_key(good | {"e": slow}) is None
    assert usable_key(good | {"n": "f" * 3000 + "w"}) is None
