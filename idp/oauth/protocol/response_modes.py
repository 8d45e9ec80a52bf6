"""How an authorization response travels to the client (OAuth 2.0 Response Modes)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote, urlencode

from idp.oauth.protocol.redirect_uris import origin_of


class ResponseMode(Enum):
    """The modes on offer; a code never travels in a fragment."""

    QUERY = "query"
    FORM_POST = "form_post"


MODES = {mode.value: mode for mode in ResponseMode}


@dataclass(frozen=True)
class ReplyTo:
    """Where the answer goes: a redirect URI of the client, its mode and ``state``.

    There is one only after both client and redirect URI were found good, so it may
    always be redirected to. ``state`` may hold surrogates: bytes that are not UTF-8.
    ``silent`` is the answer to a request that shows no page (prompt=none).
    """

    client_name: str
    redirect_uri: str
    mode: ResponseMode
    state: str | None
    silent: bool = False

    @property
    def framed_by(self) -> str | None:
        """Return the origin that may hold the answer's page in a frame, to renew."""
        return origin_of(self.redirect_uri) if self.silent else None

    def fields(self, answer: Mapping[str, str], *, issuer: str) -> dict[str, str]:
        """Return a response: the answer with ``state`` and ``iss`` (RFC 9207)."""
        echoed = {} if self.state is None else {"state": self.state}
        return {**answer, **echoed, "iss": issuer}


def with_query(redirect_uri: str, fields: Mapping[str, str]) -> str:
    """Return the URI with ``fields`` appended; what it has stays as it is (§3.1.2).

    Spaces become ``%20``, which every parser reads alike.
    """
    added = urlencode(fields, quote_via=quote, errors="surrogateescape")
    if "?" not in redirect_uri:
        return f"{redirect_uri}?{added}"
    joint = "" if redirect_uri.endswith(("?", "&")) else "&"
    return f"{redirect_uri}{joint}{added}"
