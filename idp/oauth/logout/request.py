"""A logout request, checked as far as it can be without its browser.

OIDC RP-Initiated Logout 1.0 §2, §3 and §4: what is found wrong is used for nothing, so
a request with one wrong part is refused as a whole, and redirects nowhere.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from idp.accounts.sessions.find import LiveSession
from idp.oauth.clients.cache import find_client
from idp.oauth.clients.view import ClientView
from idp.oauth.keys.signer import UntrustedToken
from idp.oauth.protocol.parameters import LOGOUT, read_parameters
from idp.oauth.protocol.redirect_differences import describe_differences
from idp.oauth.protocol.response_modes import with_query
from idp.oauth.tokens.id_token_hints import read_hint


class RefusedLogout(Exception):
    """A logout request that must not be acted on; ``reason`` is a stable code.

    ``findings`` say in words what differs from the nearest registered URI.
    """

    def __init__(self, reason: str, *, findings: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.findings = findings


@dataclass(frozen=True)
class LogoutRequest:
    """What a client asks for when its user signed out there.

    ``sid`` is the session of a genuine ``id_token_hint``. ``post_logout_redirect_uri``
    is one that the client registered, so the request may always be redirected to it.
    ``logout_hint`` is not kept: the page names whom it signs out, and asks first.
    """

    client_id: str | None = None
    post_logout_redirect_uri: str | None = None
    state: str | None = None
    sid: str | None = None
    ui_locales: tuple[str, ...] = ()

    @property
    def destination(self) -> str | None:
        """Return where the browser goes afterwards, with ``state`` (§3)."""
        if self.post_logout_redirect_uri is None or self.state is None:
            return self.post_logout_redirect_uri
        return with_query(self.post_logout_redirect_uri, {"state": self.state})

    def speaks_of(self, session: LiveSession) -> bool:
        """Tell whether the hint proves that the client means this very session (§2)."""
        return self.sid == session.id

    def as_json(self) -> dict[str, Any]:
        """Return what ``restore`` takes."""
        return asdict(self)

    @classmethod
    def restore(cls, stored: Mapping[str, Any]) -> "LogoutRequest":
        """Return the request that ``as_json`` gave away."""
        return cls(**{**stored, "ui_locales": tuple(stored["ui_locales"])})


def read_logout_request(encoded: bytes) -> LogoutRequest:
    """Read a query string or form body; RefusedLogout when a part of it is wrong."""
    values = _read(encoded)
    hint = _genuine(values.get("id_token_hint"))
    client = _find_requesting_client(values.get("client_id"), hint)
    redirect_uri = values.get("post_logout_redirect_uri")
    if redirect_uri is not None:
        _check_redirect_uri(redirect_uri, client)
    return LogoutRequest(
        client_id=client.client_id if client else None,
        post_logout_redirect_uri=redirect_uri,
        state=values.get("state"),
        sid=hint.get("sid"),
        ui_locales=tuple(values.get("ui_locales", "").split()),
    )


def _read(encoded: bytes) -> Mapping[str, str]:
    """Return the parameters; what is wrong with the first is the reason to refuse."""
    parameters = read_parameters(encoded, LOGOUT)
    for fault, name in parameters.faults:
        raise RefusedLogout(f"parameter_{fault.value}", findings=(name,))
    return parameters.values


def _genuine(hint: str | None) -> dict[str, Any]:
    """Return the claims of the hint, none without one."""
    if hint is None:
        return {}
    try:
        return read_hint(hint)
    except UntrustedToken:
        raise RefusedLogout("hint_invalid") from None


def _find_requesting_client(
    client_id: str | None, hint: Mapping[str, Any]
) -> ClientView | None:
    """Return the client of the hint, or of ``client_id``; both given must agree."""
    audience = hint.get("aud")
    if client_id and audience and client_id != audience:
        raise RefusedLogout("client_mismatch")
    named = audience or client_id
    client = find_client(named)
    if named and client is None:
        raise RefusedLogout("client_unknown")
    if client and client.disabled:
        raise RefusedLogout("client_disabled")
    return client


def _check_redirect_uri(uri: str, client: ClientView | None) -> None:
    """Refuse a URI that this client did not register (§3).

    The port of a native client's loopback address is free (RFC 8252 §7.3).
    """
    if client is None:
        raise RefusedLogout("client_missing")
    if not client.check_post_logout_redirect_uri(uri):
        found = describe_differences(client.post_logout_redirect_uris, uri)
        raise RefusedLogout("redirect_uri_mismatch", findings=found)
