"""Servers for the outgoing client to meet: scripted, on loopback, also with TLS."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Talk = Callable[[socket.socket], None]


class Peer:
    """One listening server that runs ``talk`` with everyone who connects."""

    def __init__(self, talk: Talk, trust: ssl.SSLContext | None) -> None:
        self.talk = talk
        self.trust = trust
        self.requests: list[bytes] = []
        self.names: list[str | None] = []
        self.stopped = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        if trust is not None:
            trust.sni_callback = self.note_name

    def note_name(self, sock: ssl.SSLObject, name: str | None, context) -> None:
        self.names.append(name)

    def run(self) -> None:
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock: socket.socket) -> None:
        try:
            if self.trust is not None:
                sock = self.trust.wrap_socket(sock, server_side=True)
            with sock:
                self.requests.append(read_request(sock))
                self.talk(sock)
        except OSError:
            pass  # the client went away, as several tests mean it to

    def stop(self) -> None:
        self.stopped.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def read_request(sock: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += sock.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            while len(body) < int(line.partition(b":")[2]):
                body += sock.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def peer(talk: Talk, trust: ssl.SSLContext | None = None) -> Iterator[Peer]:
    server = Peer(talk, trust)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


def answering(body: bytes, status: str = "200 OK", *headers: str) -> Talk:
    """Answer everyone the same."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return lambda sock: sock.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


class Authority:
    """A certificate authority of one test run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
        self.certificate = self.sign(self.name, self.key, ca=True)

    def sign(self, subject, key, *, ca: bool, names: tuple[str, ...] = (), ended=None):
        now = datetime.now(UTC)
        usage = dict.fromkeys(("digital_signature", "key_cert_sign"), True)
        others = "content_commitment key_encipherment data_encipherment key_agreement"
        usage |= dict.fromkeys(
            [*others.split(), "crl_sign", "encipher_only", "decipher_only"], False
        )
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before((ended or now) - timedelta(days=1))
            .not_valid_after(ended or now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), True)
            .add_extension(x509.KeyUsage(**usage), True)
        )
        if names:
            listed = x509.SubjectAlternativeName([x509.DNSName(n) for n in names])
            made = made.add_extension(listed, False)
        return made.sign(self.key, hashes.SHA256())

    def server(self, name: str, ended: datetime | None = None) -> ssl.SSLContext:
        """A server's side of TLS, with a certificate for one name."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        certificate = self.sign(subject, key, ca=False, names=(name,), ended=ended)
        file = self.folder / f"{name}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def write(self, path: Path) -> Path:
        """Write this authority's certificate."""
        path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        return path

    def client(self) -> ssl.SSLContext:
        """A client's side of TLS that believes this authority alone."""
        pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=pem)
