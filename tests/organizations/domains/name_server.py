"""A name server on loopback that answers for text records, over UDP."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class NameServer:
    """What it says of a name; of others that there is none."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self.texts: dict[str, list[str]] = {}
        self.silent = False
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        """Where it listens, as the setting has it."""
        host, port = self._listening.getsockname()
        return f"{host}:{port}"

    def serve(self) -> None:
        """Answer until the socket is closed."""
        while True:
            try:
                wire, sender = self._listening.recvfrom(4096)
            except OSError:
                return
            if not wire:
                return
            self._listening.sendto(self._answer(wire), sender)

    def _answer(self, wire: bytes) -> bytes:
        query = dns.message.from_wire(wire)
        answer = dns.message.make_response(query)
        name = query.question[0].name.to_text(omit_final_dot=True)
        self.asked.append(name)
        if self.silent:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif name not in self.texts:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            said = [f'"{text}"' for text in self.texts[name]]
            question = query.question[0].name
            answer.answer.append(dns.rrset.from_text(question, 60, "IN", "TXT", *said))
        return answer.to_wire()


@contextmanager
def name_server() -> Iterator[NameServer]:
    """Run one on a free port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        running = NameServer(listening)
        thread = threading.Thread(target=running.serve)
        thread.start()
        try:
            yield running
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", listening.getsockname())
            thread.join()
