"""How an authorization request is refused: by redirect, or on a page of ours."""

from idp.oauth.protocol.refusals import OAuthRefusal
from idp.oauth.protocol.response_modes import ReplyTo


class RefusedRequest(Exception):
    """A refusal together with where the client is told of it (RFC 6749 §4.1.2.1)."""

    def __init__(
        self, reply_to: ReplyTo, refusal: OAuthRefusal, *, client_id: str
    ) -> None:
        super().__init__(refusal.error)
        self.reply_to = reply_to
        self.refusal = refusal
        self.client_id = client_id


class NonRedirectableError(Exception):
    """A request that must not be answered by redirect, as no redirect URI is good.

    ``reason`` is a stable code; ``client_name`` is known when only the redirect URI is
    wrong; ``findings`` say what differs from the nearest registered URI.
    """

    def __init__(
        self,
        reason: str,
        *,
        client_name: str | None = None,
        findings: tuple[str, ...] = (),
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.client_name = client_name
        self.findings = findings
