"""Settings of the server as a whole: where it lives, what it stores in, its secret."""

import re
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from idp.core.settings.cpus import available_cpus
from idp.core.settings.declared import setting
from idp.core.settings.urls import check_database_url, check_redis_url

MIN_SECRET_CHARACTERS = 32
DEFAULT_PORTS = {"http": 80, "https": 443}
LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
HOST = re.compile(rf"{LABEL}(?:\.{LABEL})*")

Environment = Literal["production", "development"]


def _check_issuer(value: str) -> str | None:
    """Return why ``value`` cannot be an issuer (RFC 8414 §2), or None."""
    wrong = f"must be a URL like https://login.example.com, not {value!r}"
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return wrong
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return wrong
    if parts.query or parts.fragment or "@" in parts.netloc:
        return "must have no query, fragment or user"
    if parts.path:
        return f"must end after the host: {parts.scheme}://{parts.netloc}"
    return _spelling_problem(value, parts.hostname, port=port)


def _spelling_problem(issuer: str, host: str, *, port: int | None) -> str | None:
    """Return why browsers and apps would write an issuer otherwise than we, or None.

    What they send as the host would not be served.
    """
    if issuer != issuer.lower():
        return "must be in lower case"
    if port == DEFAULT_PORTS[urlsplit(issuer).scheme]:
        return f"must leave out :{port}, which is the default"
    if not host.isascii():
        return f"must be written as browsers send it: {host.encode('idna').decode()}"
    if not HOST.fullmatch(host) and ":" not in host:
        return "must be a host name of letters, digits, hyphens and dots between"
    return None


def check_listen(value: str) -> str | None:
    """Return why ``value`` is no HOST:PORT, or None."""
    host, _, port = value.rpartition(":")
    if not port.isdecimal() or int(port) not in range(1, 65536):
        return f"must be HOST:PORT like 127.0.0.1:8000, not {value!r}"
    if not host:
        return f"must be HOST:PORT: write 127.0.0.1:{port}, or 0.0.0.0:{port} for all"
    try:
        ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
    except ValueError:
        return f"must name localhost or an address of this machine, not {host!r}"
    return None


def address_of(listen: str) -> tuple[str, int]:
    """Return the address and port to bind of HOST:PORT, ``localhost`` resolved."""
    host, _, port = listen.rpartition(":")
    host = host.strip("[]")
    return "127.0.0.1" if host == "localhost" else host, int(port)


def _check_networks(values: tuple[str, ...]) -> str | None:
    """Return which of ``values`` is no address or network, or None."""
    for value in values:
        try:
            ip_network(value)
        except ValueError:
            return f"{value!r} is no address or network like 10.0.0.0/8"
    return None


@dataclass(frozen=True)
class ServerSettings:
    """Where the server lives and what it stores in."""

    environment: str = setting(
        "production",
        choices=("production", "development"),
        doc="`production` refuses unsafe settings; `--dev` sets `development`.",
    )
    issuer: str = setting(
        "",
        check=_check_issuer,
        doc="The public URL of this server, without a path; every URL we give out "
        "starts with it.",
        default_doc="in development `http://localhost:<port>`",
    )
    issuer_name: str = setting(
        "idp", doc="What people read as the name of this server on pages and in mails."
    )
    listen: str = setting(
        "127.0.0.1:8000",
        check=check_listen,
        doc="HOST:PORT that the server listens on.",
    )
    workers: int = setting(
        0,
        minimum=0,
        doc="Web worker processes; 0 chooses.",
        default_doc="2 in development, else one for each CPU",
    )
    threads: int = setting(
        4,
        minimum=1,
        doc="Threads of one worker process, and as many turns at a database server.",
    )
    max_connections: int = setting(
        1024,
        minimum=1,
        doc="Connections of one worker process; where more come, those are closed that "
        "have kept it waiting longest.",
    )
    idle_connection_seconds: int = setting(
        75,
        minimum=1,
        doc="A connection that nobody uses is closed after this time; longer than "
        "proxies in front keep theirs, or a request now and then is lost.",
    )
    body_seconds: int = setting(
        10,
        minimum=1,
        doc="A request whose body takes longer to arrive is refused with 408.",
    )
    drain_seconds: int = setting(
        3,
        minimum=0,
        doc="Told to stop, the server goes on for this time while `/readyz` says 503 "
        "and connections end, so that balancers send requests elsewhere; in "
        "development it stops at once.",
    )
    data_dir: Path = setting(
        Path("idp-data"),
        doc="Folder for the database and the secret file of a single box (mode 0700).",
    )
    database_url: str = setting(
        "",
        secret=True,
        check=check_database_url,
        doc="`sqlite:///path` or `postgresql://user:password@host/name`.",
        default_doc="`sqlite:///<data_dir>/idp.sqlite3`",
    )
    database_lock_seconds: int = setting(
        3,
        minimum=0,
        doc="A request waits so long for what another has locked in PostgreSQL; "
        "0 sets no limit.",
    )
    database_statement_seconds: int = setting(
        10,
        minimum=0,
        doc="A statement of a request may take so long in PostgreSQL; a server that "
        "has not answered half a second later is given up. 0 sets no limit.",
    )
    database_idle_seconds: int = setting(
        15,
        minimum=0,
        doc="PostgreSQL ends a transaction in which nothing is asked for so long; "
        "0 sets no limit.",
    )
    database_prepare: Literal["auto", "always", "never"] = setting(
        "auto",
        choices=("auto", "always", "never"),
        doc="Whether statements are prepared in PostgreSQL; `auto`: unless a pooler "
        "stands between. `always` behind one that carries them (PgBouncer from 1.21).",
    )
    redis_url: str | None = setting(
        None,
        secret=True,
        check=check_redis_url,
        doc="Redis or Valkey in which the nodes count tries together: "
        "`redis://:password@host:6379/0`, `rediss://…`, `unix:///path`, "
        "`redis+sentinel://host:26379,host2:26379/mymaster`.",
    )
    secret_key: tuple[str, ...] = setting(
        (),
        secret=True,
        doc="Secrets of 32 or more characters, with commas between: the first encrypts "
        "and signs, all decrypt and verify.",
        default_doc="in development made at the first start, in the data folder",
    )
    host_aliases: tuple[str, ...] = setting(
        (), doc="Further Host names that this server answers to, besides the issuer's."
    )
    trusted_proxies: tuple[str, ...] = setting(
        (),
        check=_check_networks,
        doc="Addresses or networks of proxies whose X-Forwarded-* headers count.",
    )
    hsts_subdomains: bool = setting(
        True,
        doc="Browsers use https for every host below the issuer's too "
        "(Strict-Transport-Security); off where one of them has none.",
    )
    config_file: Path | None = setting(None, doc="A TOML file with settings.")
    demo: bool | None = setting(
        None,
        doc="Run the demo app on the listen port + 1 (development only).",
        default_doc="on under `--dev`",
    )

    @property
    def drains_for_seconds(self) -> int:
        """How long the server goes on when it is told to stop."""
        return 0 if self.development else self.drain_seconds

    @property
    def development(self) -> bool:
        """Tell whether conveniences that are unsafe in production are on."""
        return self.environment == "development"

    @property
    def listen_host(self) -> str:
        """The address to bind, ``localhost`` resolved."""
        return address_of(self.listen)[0]

    @property
    def listen_port(self) -> int:
        """The TCP port to bind."""
        return address_of(self.listen)[1]

    @cached_property
    def issuer_host(self) -> str:
        """The issuer's Host header value, with its port when it has one."""
        return urlsplit(self.issuer).netloc

    @cached_property
    def secure(self) -> bool:
        """Tell whether the issuer is https, so that cookies can be ``Secure``."""
        return self.issuer.startswith("https://")

    @property
    def loopback_issuer(self) -> bool:
        """Tell whether browsers on this machine only can reach the issuer."""
        host = urlsplit(self.issuer).hostname or ""
        return host in ("localhost", "127.0.0.1", "::1")

    @cached_property
    def cookie_suffix(self) -> str:
        """What names of cookies end with, which all ports of a host share."""
        port = urlsplit(self.issuer).port
        return f"-{port}" if port and self.loopback_issuer else ""

    @property
    def sqlite(self) -> bool:
        """Tell whether the embedded database is used."""
        return self.database_url.startswith("sqlite")

    @property
    def cpus(self) -> int:
        """Processors that this process may use: those of its container."""
        return available_cpus()

    @property
    def secret_file(self) -> Path:
        """Where development keeps the secret that it made."""
        return self.data_dir / "secret.key"
