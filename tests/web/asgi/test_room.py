"""A full server makes room: those it has waited for longest give way."""

import asyncio
import socket

import pytest
import uvicorn
from uvicorn.server import ServerState

from idp.web.asgi.protocol import ConnectionRoom, LimitedConnection
from tests.event_loop import run

MOST = 4
LONG = b"x" * 8_000_000  # more than a system keeps for who reads nothing


async def answer(scope, _receive, send):
    """Answer at length, or in a word."""
    body = LONG if scope["path"] == "/long" else b"ok"
    length = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    await send({"type": "http.response.body", "body": body})


def unkept(**_refusal):
    """Give a refusal a reference, and forget it."""
    return "reference"


async def asked(port, path):
    """Ask, and read nothing yet."""
    mine = socket.socket()
    mine.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    mine.setblocking(False)
    await asyncio.get_running_loop().sock_connect(mine, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=mine, limit=1)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    await writer.drain()
    return reader, writer


async def _begun(reader):
    """Return how an answer begins, nothing where there is none."""
    try:
        return await reader.readexactly(len(b"HTTP/1.1 200"))
    except (asyncio.IncompleteReadError, OSError):
        return b""


async def first_lines(sent_before, *, callers):
    """Return what callers are answered beside those who send something and wait."""
    config = uvicorn.Config(answer, log_config=None, access_log=False)
    config.load()
    room, state = ConnectionRoom(MOST), ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: LimitedConnection(
            config=config, server_state=state, app_state={}, room=room, note=unkept
        ),
        "127.0.0.1",
        0,
    )
    port, told, kept = server.sockets[0].getsockname()[1], [], []
    async with server:
        kept += [await asked(port, sent_before) for _ in range(MOST)]
        for _ in range(callers):
            reader, writer = await asked(port, "/")
            told.append(await _begun(reader))
            writer.transport.abort()
        for _, writer in kept:
            writer.transport.abort()
    return told


@pytest.mark.parametrize("path", ["/long", "/"])
def test_who_reads_no_answer_keeps_nobody_out(path):
    told = run(first_lines(path, callers=3 * MOST))
    assert told == [b"HTTP/1.1 200"] * 3 * MOST
