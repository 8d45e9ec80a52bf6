"""Outgoing https through a proxy: it is told addresses that were checked here."""

import socket
import threading
from base64 import b64encode

import pytest

from idp.core.settings.declared import ConfigurationError
from idp.ops.configuration import configure
from idp.security.outbound.client import Blocked, Failed, Fetched, Outbound
from idp.security.outbound.opened_networks import read_networks
from idp.security.outbound.proxy import Proxy, read_proxy
from idp.security.outbound.settings import OutboundSettings
from idp.security.outbound.targets import HostPort
from tests.security.outbound.peers import Authority, answering, peer
from tests.serving import free_ports

NAME = "rp.example"
PUBLIC = "93.184.216.34"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


def tunnel_to(port: int):
    """Open a tunnel as a proxy does, to a server of the test."""

    def talk(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", port)) as inner:
            back = threading.Thread(target=pump, args=(inner, sock))
            back.start()
            pump(sock, inner)
            back.join()

    return talk


def pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # one side went away


def behind(port: int, *addresses: str, authority=None, **options) -> Outbound:
    """A client behind a proxy, for a name with these addresses."""

    def resolver(host: str, _port: int) -> list[str]:
        return ["127.0.0.1"] if host == "proxy.example" else list(addresses)

    proxy = Proxy(HostPort("proxy.example", port), options.pop("authorization", None))
    trust = authority.client() if authority else None
    return Outbound(proxy=proxy, resolver=resolver, trust=trust, **options)


def test_the_proxy_is_told_the_checked_address_and_tls_is_with_the_name(authority):
    with (
        peer(answering(b"far"), authority.server(NAME)) as server,
        peer(tunnel_to(server.port)) as proxy,
    ):
        proves = "Basic " + b64encode(b"idp:secret").decode()
        outbound = behind(proxy.port, PUBLIC, authority=authority, authorization=proves)
        answer = outbound.get(f"https://{NAME}/jwks")
    assert isinstance(answer, Fetched)
    assert answer.body == b"far"
    assert server.names == [NAME]
    [asked] = proxy.requests
    assert asked.startswith(f"CONNECT {PUBLIC}:443 HTTP/1.1\r\n".encode())
    assert f"Proxy-Authorization: {proves}\r\n".encode() in asked
    assert NAME.encode() not in asked
    assert b"Proxy-Authorization" not in server.requests[0]


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "169.254.169.254"])
def test_the_proxy_is_never_asked_for_an_address_inside(address):
    with peer(answering(b"")) as proxy:
        answer = behind(proxy.port, address).get(f"https://{NAME}/")
    assert answer == Blocked("address", NAME)
    assert proxy.requests == []


def test_opened_networks_are_reached_without_it(authority):
    with (
        peer(answering(b"near"), authority.server(NAME)) as server,
        peer(answering(b"")) as proxy,
    ):
        networks = read_networks(["127.0.0.1"])
        outbound = behind(
            proxy.port, "127.0.0.1", authority=authority, networks=networks
        )
        answer = outbound.for_operators().get(f"https://{NAME}:{server.port}/")
    assert isinstance(answer, Fetched)
    assert proxy.requests == []


@pytest.mark.parametrize(
    "said",
    [
        answering(b"no", "407 Proxy Authentication Required"),
        answering(b"no", "403 Forbidden"),
        lambda sock: sock.sendall(b"SSH-2.0\r\n\r\n"),
        lambda sock: sock.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000),
        answering(b"", "", "X"),
    ],
)
def test_a_proxy_that_opens_no_tunnel_is_said(said):
    with peer(said) as proxy:
        answer = behind(proxy.port, PUBLIC).get(f"https://{NAME}/")
    assert answer == Failed("proxy", NAME)


def test_a_proxy_that_is_away_is_said():
    port, _ = free_ports()
    assert behind(port, PUBLIC).get(f"https://{NAME}/") == Failed("proxy", NAME)


def test_a_proxy_that_never_answers_is_left_at_the_deadline():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        slow = behind(port, PUBLIC, deadline_seconds=0.2)
        assert slow.get(f"https://{NAME}/") == Failed("timeout", NAME)


def test_a_proxy_that_answers_for_the_other_side_is_not_believed(authority):
    impostor = Authority(authority.folder)
    with (
        peer(answering(b"x"), impostor.server("impostor.example")) as server,
        peer(tunnel_to(server.port)) as proxy,
    ):
        outbound = behind(proxy.port, PUBLIC, authority=authority)
        assert outbound.get(f"https://{NAME}/") == Failed("tls", NAME)
    assert server.requests == []


def test_it_is_read_from_the_setting():
    url = "http://idp:s%40fe@proxy.example:8080"
    development = {"IDP_ENVIRONMENT": "development", "IDP_OUTBOUND_PROXY": url}
    settings = configure(development)[OutboundSettings]
    proves = "Basic " + b64encode(b"idp:s@fe").decode()
    assert read_proxy(settings.outbound_proxy) == Proxy(
        HostPort("proxy.example", 8080), proves
    )


@pytest.mark.parametrize(
    "url",
    [
        "proxy.example:3128",
        "https://proxy.example",
        "socks5://proxy.example",
        "http://proxy.example:99999",
        "http://proxy.example/path",
        "http://",
        "http://user:hidden@",
    ],
)
def test_what_is_no_proxy_is_said_at_start_without_its_password(url):
    with pytest.raises(ConfigurationError, match="IDP_OUTBOUND_PROXY") as refused:
        configure({"IDP_ENVIRONMENT": "development", "IDP_OUTBOUND_PROXY": url})
    assert "hidden" not in str(refused.value)
