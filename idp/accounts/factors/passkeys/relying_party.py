"""Who we are to an authenticator (WebAuthn §5.4.2): one RP ID, and our origins."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from idp.accounts.settings import AccountsSettings
from idp.core.branding.instance import issuer_name
from idp.core.context import current
from idp.core.settings.server import ServerSettings


@dataclass(frozen=True)
class OwnParty:
    """What passkeys are made for; its id must never change while there are any."""

    id: str
    name: str
    origins: list[str]


def relying_party() -> OwnParty:
    """Return what the settings say, else what follows from the issuer."""
    server, accounts = current(ServerSettings), current(AccountsSettings)
    host = urlsplit(server.issuer).hostname or ""
    return OwnParty(
        id=accounts.webauthn_rp_id or host,
        name=issuer_name(),
        origins=list(accounts.webauthn_origins or (server.issuer,)),
    )
