"""Proxies of operators, as docs/deploy has them, in front of nodes on loopback."""

import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import Name, NameAttribute
from cryptography.x509.oid import NameOID

from tests.security.outbound.peers import Authority

DOCUMENTED = Path(__file__).parents[2] / "docs" / "deploy"
WAIT_SECONDS = 20
NGINX = """
pid {folder}/nginx.pid;
error_log {folder}/nginx.txt;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Certificate:
    """A certificate of localhost, and the authority that signed it."""

    authority: Path
    chain: Path
    key: Path
    both: Path


def certificate(folder: Path) -> Certificate:
    """Make one."""
    authority, key = Authority(folder), ec.generate_private_key(ec.SECP256R1())
    subject = Name([NameAttribute(NameOID.COMMON_NAME, "proxy")])
    signed = authority.sign(subject, key, ca=False, names=("localhost",))
    chain = signed.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    made = Certificate(
        authority.write(folder / "authority.pem"),
        folder / "chain.pem",
        folder / "key.pem",
        folder / "both.pem",
    )
    made.chain.write_bytes(chain)
    made.key.write_bytes(private)
    made.both.write_bytes(chain + private)
    return made


def _configured(name: str, port: int, *, to: Sequence[int], by: Certificate) -> str:
    """Return a documented file with the places of this machine."""
    said = (DOCUMENTED / name).read_text()
    for written, meant in (
        ("/etc/ssl/login.example.com.both.pem", str(by.both)),
        ("/etc/ssl/login.example.com.pem", str(by.chain)),
        ("/etc/ssl/login.example.com.key", str(by.key)),
        ("10.0.0.11:8000", f"127.0.0.1:{to[0]}"),
        ("10.0.0.12:8000", f"127.0.0.1:{to[1]}"),
        ("0.0.0.0:443", f"127.0.0.1:{port}"),
        ("listen 443 ", f"listen 127.0.0.1:{port} "),
        ("server_name login.example.com", "server_name localhost"),
        ("login.example.com {", f"https://localhost:{port} {{"),
    ):
        said = said.replace(written, meant)
    return said


def _command(kind: str, said: str, folder: Path) -> list[str]:
    """Write a proxy's files, and return what runs it in the foreground."""
    if kind == "nginx":
        (folder / "site.conf").write_text(said)
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder))
        once = ["-g", "daemon off; user root;", "-p", str(folder)]
        return ["/usr/sbin/nginx", "-c", str(folder / "nginx.conf"), *once]
    if kind == "haproxy":
        (folder / "haproxy.cfg").write_text(said)
        return ["/usr/sbin/haproxy", "-db", "-f", str(folder / "haproxy.cfg")]
    options = (
        "{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n}\n"
    )
    (folder / "Caddyfile").write_text(options + said)
    caddy = shutil.which("caddy") or "caddy"
    file = str(folder / "Caddyfile")
    return [caddy, "run", "--config", file, "--adapter", "caddyfile"]


@contextmanager
def proxy(
    kind: str, port: int, *, to: Sequence[int], folder: Path, by: Certificate
) -> Iterator[None]:
    """Run nginx, haproxy or caddy as documented, on a port, in front of two nodes."""
    names = {"nginx": "nginx.conf", "haproxy": "haproxy.cfg", "caddy": "Caddyfile"}
    said = _configured(names[kind], port, to=to, by=by)
    with (folder / f"{kind}.log").open("w") as output:
        process = subprocess.Popen(
            _command(kind, said, folder), stdout=output, stderr=output, cwd=folder
        )
    try:
        _wait_for(port, by=by, process=process)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, *, by: Certificate, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the proxy did not start"
        try:
            url = f"https://localhost:{port}/readyz"
            if requests.get(url, verify=by.authority, timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError("the proxy does not answer")
