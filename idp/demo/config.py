"""What the demo app must be told."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, kw_only=True)
class DemoConfig:
    """Where the issuer and the demo app are, and who the two clients are.

    ``issuer`` and ``base_url`` carry no trailing slash. ``cookie_secret`` signs the
    cookie of a session; a new one at each start only signs demo users out.
    """

    issuer: str
    base_url: str
    web_client_id: str = "demo-web"
    web_client_secret: str
    spa_client_id: str = "demo-spa"
    cookie_secret: str

    @property
    def cookie_name(self) -> str:
        """The cookie of a session; the port is in it, because browsers ignore that."""
        port = urlsplit(self.base_url).port
        return f"demo_session-{port}" if port else "demo_session"

    @property
    def host(self) -> str:
        """The host, with its port, under which browsers reach the demo app."""
        return urlsplit(self.base_url).netloc

    @property
    def issuer_origin(self) -> str:
        """The issuer without its path, as Content-Security-Policy wants it."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"
