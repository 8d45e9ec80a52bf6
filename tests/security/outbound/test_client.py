"""Outgoing requests: real sockets and TLS; only names are resolved by the test."""

import json
import socket

import pytest

from idp.core.settings.declared import ConfigurationError
from idp.ops.configuration import configure
from idp.security.outbound.client import (
    Blocked,
    Failed,
    Fetched,
    Outbound,
)
from idp.security.outbound.public_addresses import is_public
from idp.security.outbound.settings import OutboundSettings
from tests.security.outbound.peers import Authority, answering, peer

NAME = "rp.example"


class Names:
    """A resolver that gives its answers in turn and remembers what was asked."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        return self.answers.pop(0)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


def here(authority=None, names=None, **options) -> Outbound:
    """A client that may reach loopback and believes the test's authority."""
    trust = authority.client() if authority else None
    names = names or Names(["127.0.0.1"])
    return Outbound(allow_loopback=True, resolver=names, trust=trust, **options)


def nowhere(*addresses: str) -> Outbound:
    """A client as in production, for a host with these addresses."""
    return Outbound(resolver=Names(list(addresses)))


def test_a_document_is_fetched_over_tls_under_its_own_name(authority):
    body = json.dumps({"keys": []}).encode()
    talk = answering(body, "200 OK", "Content-Type: application/json")
    with peer(talk, authority.server(NAME)) as server:
        url = f"https://{NAME}:{server.port}/jwks?a=b"
        answer = here(authority).get(url, accept="application/json")
    assert isinstance(answer, Fetched)
    assert (answer.status, answer.body) == (200, body)
    assert answer.headers["content-type"] == "application/json"
    assert server.names == [NAME]
    [request] = server.requests
    assert request.startswith(b"GET /jwks?a=b HTTP/1.1\r\n")
    assert f"Host: {NAME}:{server.port}\r\n".encode() in request
    assert request.count(b"Host:") == 1


def test_a_form_is_posted(authority):
    with peer(answering(b"", "204 No Content"), authority.server(NAME)) as server:
        url = f"https://{NAME}:{server.port}/logout"
        answer = here(authority).post_form(url, {"logout_token": "a b&c"})
    assert isinstance(answer, Fetched)
    assert answer.status == 204
    [request] = server.requests
    assert request.startswith(b"POST /logout HTTP/1.1\r\n")
    assert b"Content-Type: application/x-www-form-urlencoded\r\n" in request
    assert request.endswith(b"\r\n\r\nlogout_token=a+b%26c")


@pytest.mark.parametrize("certified", ["other.example", "rp.example.org"])
def test_a_certificate_for_another_name_is_refused(authority, certified):
    with peer(answering(b"x"), authority.server(certified)) as server:
        answer = here(authority).get(f"https://{NAME}:{server.port}/")
    assert answer == Failed("tls", NAME)
    assert server.requests == []


def test_a_certificate_of_an_unknown_authority_is_refused(authority):
    with peer(answering(b"x"), authority.server(NAME)) as server:
        answer = here().get(f"https://{NAME}:{server.port}/")
    assert answer == Failed("tls", NAME)
    assert server.requests == []


def test_a_redirect_is_an_answer_and_is_not_followed():
    with peer(answering(b"never")) as inner:
        to_inner = f"Location: http://localhost:{inner.port}/"
        with peer(answering(b"", "302 Found", to_inner)) as server:
            answer = here().get(f"http://localhost:{server.port}/")
    assert isinstance(answer, Fetched)
    assert answer.status == 302
    assert inner.requests == []


@pytest.mark.parametrize("size", [256 * 1024 + 1, 3_000_000])
def test_a_body_above_256_kilobytes_is_refused(size):
    with peer(answering(b"x" * size)) as server:
        answer = here().get(f"http://localhost:{server.port}/")
    assert answer == Failed("too_large", "localhost")


def test_a_body_without_a_length_is_cut_off_too():
    def pour(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            sock.sendall(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")

    with peer(pour) as server:
        answer = here().get(f"http://localhost:{server.port}/")
    assert answer == Failed("too_large", "localhost")


def test_headers_count_towards_the_size():
    header = b"X: " + b"y" * 10_000 + b"\r\n"
    sent = b"HTTP/1.1 200 OK\r\n" + header * 50 + b"Content-Length: 1\r\n\r\nx"
    with peer(lambda sock: sock.sendall(sent)) as server:
        answer = here().get(f"http://localhost:{server.port}/")
    assert answer == Failed("too_large", "localhost")


def test_exactly_256_kilobytes_are_read():
    with peer(answering(b"x" * 256 * 1024)) as server:
        answer = here().get(f"http://localhost:{server.port}/")
    assert isinstance(answer, Fetched)
    assert len(answer.body) == 256 * 1024


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    ],
)
def test_what_is_no_whole_http_answer_is_a_failure(sent):
    with peer(lambda sock: sock.sendall(sent)) as server:
        answer = here().get(f"http://localhost:{server.port}/")
    assert isinstance(answer, Failed)
    assert answer.reason in ("protocol", "connection")


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n"


@pytest.mark.parametrize("start", [b"", HEAD, HEAD + b"\r\n"], ids=repr)
def test_a_slow_drip_ends_at_the_deadline_of_the_whole(start):
    def drip(sock: socket.socket) -> None:
        sock.sendall(start)
        while not server.stopped.wait(0.02):
            sock.sendall(b"X")

    with peer(drip) as server:
        slow = here(deadline_seconds=0.3)
        answer = slow.get(f"http://localhost:{server.port}/")
    assert answer == Failed("timeout", "localhost")


def test_a_peer_that_never_finishes_tls_is_left_at_the_deadline(authority):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        slow = here(authority, deadline_seconds=0.2)
        assert slow.get(f"https://{NAME}:{port}/") == Failed("timeout", NAME)


def test_a_resolver_that_never_answers_is_left_at_the_deadline():
    with peer(answering(b"x")) as server:

        def hang(host: str, port: int) -> list[str]:
            server.stopped.wait()
            return []

        slow = Outbound(resolver=hang, deadline_seconds=0.2)
        assert slow.get(f"https://{NAME}/") == Failed("timeout", NAME)


def test_an_unknown_name_is_a_failure_and_not_an_attack():
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    assert Outbound(resolver=unknown).get("https://rp.example/") == Failed("dns", NAME)


NOT_PUBLIC = [
    "127.0.0.1",
    "127.8.8.8",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "0.1.2.3",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001::1",
    "2001:db8::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "100::1",
    "5f00::1",
    "3fff::1",
    "localhost",
    "127.1",
    "0x7f000001",
    "2130706433",
]


@pytest.mark.parametrize(
    "address",
    NOT_PUBLIC,
)
def test_an_address_that_is_not_public_is_never_connected_to(address):
    assert nowhere(address).get(f"https://{NAME}/") == Blocked("address", NAME)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]
)
def test_public_addresses_pass(address):
    assert is_public(address)
    assert nowhere(address).check(f"https://{NAME}/") is None


def test_one_private_address_among_public_ones_blocks_all():
    mixed = nowhere("93.184.216.34", "10.0.0.1")
    assert mixed.get(f"https://{NAME}/") == Blocked("address", NAME)


def test_a_name_without_addresses_is_blocked():
    assert nowhere().get(f"https://{NAME}/") == Blocked("address", NAME)


def test_a_name_is_resolved_once_and_the_checked_address_is_used():
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    with peer(answering(b"checked")) as server:
        answer = here(names=names).get(f"http://{NAME}:{server.port}/")
    assert isinstance(answer, Fetched)
    assert answer.body == b"checked"
    assert names.asked == [NAME]


def test_a_name_that_changes_to_loopback_after_registration_is_blocked():
    rebinding = Outbound(resolver=Names(["93.184.216.34"], ["127.0.0.1"]))
    with peer(answering(b"secret")) as server:
        url = f"https://{NAME}:{server.port}/"
        assert rebinding.check(url) is None
        assert rebinding.get(url) == Blocked("address", NAME)
    assert server.requests == []


def test_the_second_address_is_tried_when_the_first_refuses():
    with peer(answering(b"second")) as server:
        both = here(names=Names(["127.0.0.9", "127.0.0.1"]))
        answer = both.get(f"http://{NAME}:{server.port}/")
    assert isinstance(answer, Fetched)
    assert answer.body == b"second"


@pytest.mark.parametrize(
    "url",
    [
        "http://rp.example/",
        "ftp://rp.example/",
        "file:///etc/passwd",
        "//rp.example/",
        "/path",
        "",
        "https://",
        "https:///path",
        "https://user@rp.example/",
        "https://user:pw@rp.example/",
        "https://rp.example@127.0.0.1/",
        "https://rp.example/#fragment",
        "https://rp.example:99999/",
        "https://rp.example:0/",
        "https://rp.example:x/",
        "https://rp.example./",
        "https://[::1/",
        "https://rp.example/a b",
        "https://rp.example/\r\nX: y",
        "https://rp\t.example/",
        "https://rp.example\\@evil.example/",
        "https://rp%2eexample/",
        "https://rp。example/",
        "https://rp.example/" + "a" * 3000,
    ],
)
def test_an_unusual_url_is_blocked_before_any_look_up(url):
    outbound = nowhere("93.184.216.34")
    answer = outbound.get(url)
    assert isinstance(answer, Blocked)
    assert answer.reason == "url"
    assert outbound.resolver.asked == []


def test_the_development_switch_opens_loopback_and_nothing_else():
    inside = here(names=Names(["192.168.0.1"], ["93.184.216.34"], ["93.184.216.34"]))
    assert inside.check(f"https://{NAME}/") == Blocked("address", NAME)
    assert inside.check(f"http://{NAME}/") == Blocked("address", NAME)
    assert inside.check(f"https://{NAME}/") is None


def test_proxies_from_the_environment_are_not_used(monkeypatch):
    with peer(answering(b"proxied")) as proxy, peer(answering(b"direct")) as server:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        answer = here().get(f"http://localhost:{server.port}/")
    assert isinstance(answer, Fetched)
    assert answer.body == b"direct"
    assert proxy.requests == []


def test_the_development_switch_is_refused_in_production():
    switch = {"IDP_ALLOW_LOOPBACK_FETCH": "true"}
    development = {"IDP_ENVIRONMENT": "development", **switch}
    assert configure(development)[OutboundSettings].allow_loopback_fetch
    with pytest.raises(ConfigurationError, match="IDP_ALLOW_LOOPBACK_FETCH"):
        configure(switch)
