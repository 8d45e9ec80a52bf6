"""What a backend for frontend must be told; a wrong value stops the start."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple
from urllib.parse import SplitResult, urlsplit

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
SHORTEST_KEY: Final = 32
API_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
HEADER_NAME: Final = re.compile(r"[A-Za-z0-9-]+")
# What the proxy itself says, or what ends at it.
OWN_HEADERS: Final = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "cookie",
        "expect",
        "host",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
PREFIX: Final = re.compile(r"(/[A-Za-z0-9_-]+)+")


class Api(NamedTuple):
    """An API that the page may call, at ``<prefix>/api/<name>/``.

    ``resource`` is what the issuer knows it by (RFC 8707), ``scope`` what its tokens
    are asked for with; both may be left out where the issuer wants neither. ``headers``
    are names of the page's headers that it gets beside the usual ones.
    """

    base_url: str
    resource: str | None = None
    scope: str = ""
    headers: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How large and slow what passes through may be.

    An answer of an API is there within ``api_seconds`` or, where it is long, never
    pauses for longer, and is there as much later as its bytes take at a least rate; a
    stream of events may pause for ``event_seconds``. Of live answers a session has
    ``session_streams`` in each process, its newest.
    """

    request_bytes: int = 1_000_000
    response_bytes: int = 10_000_000
    api_seconds: float = 30
    event_seconds: float = 60
    issuer_seconds: float = 10
    session_streams: int = 8


@dataclass(frozen=True, kw_only=True)
class BffSettings:
    """One app at one issuer.

    ``base_url`` is the app's own origin, without a path: redirect URIs and cookies
    belong to it. ``keys`` seal cookies and stored sessions: the first seals, all open,
    so a new one is put in front and an old one taken away when ``session_seconds``
    have passed. ``userinfo_resource`` names the issuer where it wants to be named for
    tokens that UserInfo takes, beside APIs that have a ``resource``.

    Refused with ValueError: http anywhere but on loopback, short keys, a base URL that
    is more than an origin, names and paths that routes could not tell apart.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    base_url: str
    keys: Sequence[str] = field(repr=False)
    scope: str = "openid"
    apis: Mapping[str, Api | tuple[str, str | None, str]] = field(default_factory=dict)
    prefix: str = "/bff"
    after_logout: str = "/"
    userinfo: bool = True
    userinfo_resource: str | None = None
    client_auth: Literal["client_secret_basic", "client_secret_post"] = (
        "client_secret_basic"
    )
    session_seconds: int = 12 * 60 * 60
    start_seconds: int = 30 * 60
    limits: Limits = Limits()

    def __post_init__(self) -> None:
        _require_origin(self.base_url)
        _require_safe_url(self.issuer, "issuer")
        if not self.client_id or not self.client_secret:
            raise ValueError("client_id and client_secret are needed")
        if not self.keys or min(map(len, self.keys)) < SHORTEST_KEY:
            raise ValueError(f"keys: one or more of at least {SHORTEST_KEY} characters")
        if not PREFIX.fullmatch(self.prefix):
            raise ValueError("prefix is a path like /bff")
        if not self.after_logout.startswith("/"):
            raise ValueError("after_logout is a path of the app")
        for name, api in self.apis.items():
            _require_api(name, Api(*api))

    @property
    def secure(self) -> bool:
        """Tell whether cookies are Secure: all but http on loopback are."""
        return self.base_url.startswith("https:")

    @property
    def cookie_name(self) -> str:
        """The cookie of a session; __Host- binds it to this host and to TLS."""
        return "__Host-bff" if self.secure else "bff"

    @property
    def redirect_uri(self) -> str:
        """Where the issuer sends browsers back to; to be registered there."""
        return f"{self.base_url}{self.prefix}/callback"

    @property
    def post_logout_redirect_uri(self) -> str:
        """Where the issuer sends browsers after a sign-out; to be registered there."""
        return self.base_url + self.after_logout

    @property
    def requested_scope(self) -> str:
        """All that is asked for at sign-in: of the app itself and of its APIs."""
        words = ["openid", *self.scope.split()]
        for api in self.apis.values():
            words += Api(*api).scope.split()
        return " ".join(dict.fromkeys(words))

    def api(self, name: str) -> Api | None:
        """Find an API by its name."""
        found = self.apis.get(name)
        return None if found is None else Api(*found)


def _require_origin(url: str) -> None:
    parts = _require_safe_url(url, "base_url")
    if f"{parts.scheme}://{parts.netloc}" != url:
        raise ValueError("base_url is an origin: scheme, host, port, no path or slash")


def _require_safe_url(url: str, name: str) -> SplitResult:
    """Take https, and http where nobody else listens in."""
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or local):
        raise ValueError(f"{name} is an https URL (http on loopback, in development)")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError(f"{name} has neither credentials, query nor fragment")
    return parts


def _require_api(name: str, api: Api) -> None:
    if not API_NAME.fullmatch(name):
        raise ValueError(f"API name {name!r}: letters, digits, hyphens, underscores")
    parts = urlsplit(api.base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"API {name}: base_url is an http or https URL")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError(f"API {name}: base_url is bare, without query or credentials")
    for header in api.headers:
        if not HEADER_NAME.fullmatch(header) or header.lower() in OWN_HEADERS:
            raise ValueError(f"API {name}: header {header!r} cannot be passed on")
