"""What a supervisor is told, and how it is told apart from a terminal."""

import os
import socket
from contextlib import suppress


def notify(state: str) -> None:
    """Tell systemd a state such as ``READY=1`` (sd_notify(3)); else do nothing."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with (
        suppress(OSError),  # a supervisor that is gone needs no news
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as told,
    ):
        told.connect(address)
        told.send(state.encode())


def has_terminal() -> bool:
    """Tell whether a terminal controls this process, whose end comes as SIGHUP."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
