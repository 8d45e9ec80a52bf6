"""The server on its port, spoken to by bytes."""

import socket
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import pytest

from tests.serving import serving

DISCOVERY = "/.well-known/openid-configuration"
SECONDS = 20
HALF_BODIES = 64
MOST_CONNECTIONS = 150


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server with one worker."""
    folder = tmp_path_factory.mktemp("server")
    most = str(MOST_CONNECTIONS)
    environ = {"IDP_DEMO": "false", "IDP_WORKERS": "1", "IDP_MAX_CONNECTIONS": most}
    environ["IDP_BOOTSTRAP_ADMIN_API_KEY"] = f"idpk_{'b' * 43}"
    with serving(folder, environ=environ) as started:
        yield started


@pytest.fixture(scope="module")
def address(server):
    """Its host and port."""
    return "127.0.0.1", urlsplit(server.url).port


@pytest.fixture
def connect(address):
    """Open connections, which are closed after the test."""
    opened = []

    def connected():
        opened.append(socket.create_connection(address, timeout=SECONDS))
        return opened[-1]

    yield connected
    for one in opened:
        one.close()


@pytest.fixture
def head(address):
    """Write the head of a request."""

    def written(line, *headers):
        host = f"Host: localhost:{address[1]}"
        return "\r\n".join([f"{line} HTTP/1.1", host, *headers, "", ""]).encode()

    return written


def answer(sock, method="GET"):
    """Read one answer."""
    response = HTTPResponse(sock, method=method)
    response.begin()
    return response, response.read()


def test_half_bodies_keep_nobody_waiting(address, connect, head):
    for _ in range(HALF_BODIES):
        length = ("Content-Type: application/json", "Content-Length: 50")
        for path in ("/oauth2/token", "/auth/login"):
            connect().sendall(head(f"POST {path}", *length) + b'{"username":')
    for path in (DISCOVERY, "/login", "/readyz"):
        asking = HTTPConnection(*address, timeout=SECONDS)
        asking.request("GET", path, headers={"Host": f"localhost:{address[1]}"})
        assert asking.getresponse().status == 200
        asking.close()


def test_who_has_been_waited_for_longest_makes_room_for_others(connect, head):
    halves = [connect() for _ in range(MOST_CONNECTIONS)]
    for sock in halves:
        sock.sendall(head("POST /login", "Content-Length: 50") + b"half")
    asking = connect()
    asking.sendall(head("GET /login"))
    response, _ = answer(asking)
    assert response.status == 200
    assert halves[0].recv(100) == b""
    halves[-1].settimeout(0.01)
    with pytest.raises(TimeoutError):
        halves[-1].recv(100)


def test_two_requests_in_one_packet_are_answered_in_order(connect, head):
    sock = connect()
    sock.sendall(head("GET /healthz") + head(f"GET {DISCOVERY}", "Connection: close"))
    with sock.makefile("rb") as stream:
        whole = stream.read()
    assert whole.count(b"HTTP/1.1 200 OK") == 2
    assert whole.index(b'"up"') < whole.index(b'"issuer"')


def test_head_is_told_the_length_alone_and_the_connection_stays(connect, head):
    sock = connect()
    sock.sendall(head(f"HEAD {DISCOVERY}"))
    told, body = answer(sock, "HEAD")
    assert body == b""
    sock.sendall(head(f"GET {DISCOVERY}"))
    response, whole = answer(sock)
    assert response.status == 200
    assert told.headers["Content-Length"] == str(len(whole))


def test_a_body_may_wait_to_be_asked_for(connect, head):
    sock = connect()
    body = b"grant_type=none&client_id=x"
    length = f"Content-Length: {len(body)}"
    form = "Content-Type: application/x-www-form-urlencoded"
    sock.sendall(head("POST /oauth2/token", form, length, "Expect: 100-continue"))
    assert sock.recv(100).startswith(b"HTTP/1.1 100 Continue")
    sock.sendall(body)
    response, told = answer(sock)
    assert response.status == 400
    assert b"unsupported_grant_type" in told


@pytest.mark.parametrize(
    "raw",
    [
        b"GET\r\n\r\n",
        b"GET /login HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /login HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST /login HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /login HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_http_is_refused_and_the_connection_closed(connect, raw):
    sock = connect()
    sock.sendall(raw)
    with sock.makefile("rb") as stream:
        said = stream.read()
    assert said.startswith(b"HTTP/1.1 400 ")
    assert b"\r\nx-request-id: " in said


def test_a_head_that_is_too_large_is_refused(server, connect, head):
    sock = connect()
    whole = head("GET /login", *[f"X-{n}: {'x' * 1000}" for n in range(100)])
    sock.sendall(whole[:-10])
    refused, _ = answer(sock)
    assert refused.status == 431
    reference = refused.headers["X-Request-Id"]
    kept = server.call("GET", f"/api/admin/refusals/{reference}")
    assert kept["check"] == "head_too_large"
    assert "cookies" in kept["fix"]


def test_a_request_to_no_path_is_answered(connect, head):
    sock = connect()
    sock.sendall(head("OPTIONS *", "Connection: close"))
    with sock.makefile("rb") as stream:
        assert stream.read()[9:12] in (b"400", b"404", b"405")
