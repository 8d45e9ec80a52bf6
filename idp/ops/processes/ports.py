"""TCP ports: take one, notice that it is taken, wait until it answers."""

import errno
import os
import socket
import time

from idp.ops.refusals import Refusal

CLAIM_SECONDS = 2.0
ANSWER_SECONDS = 30.0
POLL_SECONDS = 0.01
BACKLOG = 1024


class PortTaken(Refusal):
    """The address cannot be listened on; the text says which and why."""


def listening_socket(
    host: str, port: int, *, reuse_port: bool = False
) -> socket.socket:
    """Return a socket that listens on the address, or raise PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server(
            (host, port), family=family, backlog=BACKLOG, reuse_port=reuse_port
        )
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = "the port is busy: another process listens there"
        else:
            reason = os.strerror(error.errno or 0)
        raise PortTaken(f"Cannot listen on {host}:{port}: {reason}") from error


def shared_sockets(host: str, port: int, *, count: int) -> list[socket.socket]:
    """Return so many sockets on one address; the system deals connections out.

    One socket for all would give most connections to whoever is awake first.
    """
    reuse = count > 1
    return [listening_socket(host, port, reuse_port=reuse) for _ in range(count)]


def claim_port(host: str, port: int) -> None:
    """Raise PortTaken when another server has the port.

    Web workers share a port by SO_REUSEPORT, so a second server would join the first
    in silence. The workers of a server that was killed need a moment to end, which is
    waited for.
    """
    deadline = time.monotonic() + CLAIM_SECONDS
    while True:
        try:
            listening_socket(host, port).close()
        except PortTaken:
            if time.monotonic() > deadline:
                raise
            time.sleep(POLL_SECONDS)
        else:
            return


def await_answer(host: str, port: int) -> bool:
    """Wait until the address accepts connections; False when it never does."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection((reachable, port), timeout=1).close()
        except OSError:
            time.sleep(POLL_SECONDS)
        else:
            return True
    return False
