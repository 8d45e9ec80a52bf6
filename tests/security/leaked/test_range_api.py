"""The range API: what it is told, what counts of its answers, and when it is away."""

import hashlib
import time

import pytest

from idp.security.leaked.known import LeakedPasswords
from idp.security.leaked.settings import LeakedPasswordsSettings, _check_url
from idp.security.outbound.client import Outbound
from tests.security.outbound.peers import answering, peer

LEAKED = "nine quiet otters by the lake"
HASHED = hashlib.sha1(LEAKED.encode()).hexdigest().upper()
LIST = f"{'0' * 35}:3\r\n{HASHED[5:]}:27\r\n{'F' * 35}:0"


def asking(server, **changes) -> LeakedPasswords:
    """What compares with a range API on loopback."""
    url = f"http://127.0.0.1:{server.port}/mirror/"
    settings = LeakedPasswordsSettings(
        **{"breached_passwords": "range", "breached_passwords_url": url} | changes
    )
    return LeakedPasswords(settings, Outbound(allow_loopback=True))


def test_it_is_told_five_characters_and_asked_for_padding():
    with peer(answering(LIST.encode())) as server:
        assert asking(server).has(LEAKED)
    [request] = server.requests
    assert request.startswith(f"GET /mirror/range/{HASHED[:5]} HTTP/1.1".encode())
    assert b"\r\nAdd-Padding: true\r\n" in request
    assert HASHED[5:].encode() not in request.upper()


@pytest.mark.parametrize(
    "answer", ["", LIST.replace(":27", ":0"), LIST.replace(HASHED[5:], "A" * 35)]
)
def test_padding_and_others_are_nothing(answer):
    with peer(answering(answer.encode())) as server:
        assert not asking(server).has(LEAKED)


def test_what_the_list_here_knows_is_not_asked_for():
    with peer(answering(b"")) as server:
        assert asking(server).has("Password2024!!")
    assert server.requests == []


def test_offline_and_off_ask_nobody():
    with peer(answering(LIST.encode())) as server:
        assert not asking(server, breached_passwords="offline").has(LEAKED)
        assert not asking(server, breached_passwords="off").has("Password2024!!")
    assert server.requests == []


@pytest.mark.parametrize("status", ["503 Away", "429 Slow down", "302 Elsewhere"])
def test_an_api_in_trouble_is_left_alone_for_a_while(status, clock, caplog):
    caplog.set_level("INFO")
    with peer(answering(LIST.encode(), status)) as server:
        known = asking(server)
        assert not known.has(LEAKED)
        assert not known.has(LEAKED)
        assert len(server.requests) == 1
        clock.tick(seconds=31)
        assert not known.has(LEAKED)
        assert len(server.requests) == 2
    assert "passwords.range.unreachable" in caplog.text


def test_one_that_does_not_answer_is_waited_for_a_second():
    with peer(lambda _sock: server.stopped.wait(5)) as server:
        begun = time.monotonic()
        assert not asking(server).has(LEAKED)
        assert time.monotonic() - begun < 3
        server.stopped.set()


def test_one_inside_the_network_is_not_reached():
    settings = LeakedPasswordsSettings(
        breached_passwords="range", breached_passwords_url="https://mirror.example"
    )
    outbound = Outbound(resolver=lambda _host, _port: ["10.0.0.7"])
    assert not LeakedPasswords(settings, outbound).has(LEAKED)


@pytest.mark.parametrize("url", ["http://mirror.example", "mirror.example", "https://"])
def test_an_address_that_cannot_be_one_stops_the_start(url):
    assert "https" in _check_url(url)
