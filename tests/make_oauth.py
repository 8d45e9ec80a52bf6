"""Factories of the authorization server."""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import quote_plus

from idp.accounts.models import BrowserSession, User
from idp.accounts.sessions.find import find_session
from idp.core.clock import utcnow
from idp.core.db import db
from idp.core.randomness import digest, new_subject, new_token
from idp.oauth.clients.registry import register_client
from idp.oauth.clients.view import DEVICE_CODE
from idp.oauth.protocol.pkce import s256
from idp.oauth.tokens import codes, refresh
from idp.oauth.tokens.grants import find_grant
from tests.make_accounts import MakeAccounts

VERIFIER = "a-verifier-of-at-least-forty-three-characters-0"
CALLBACK = "https://app.example/callback"


@dataclass(frozen=True)
class MadeClient:
    """A registered client and its credentials."""

    client_id: str
    client_secret: str | None
    redirect_uri: str

    @property
    def basic(self) -> dict[str, str]:
        """The header of client_secret_basic (RFC 6749 §2.3.1)."""
        pair = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret or '')}"
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


@dataclass(frozen=True)
class MadeCode:
    """An authorization code, with what its redemption has to bring."""

    code: str
    client: MadeClient
    user_id: str
    session_id: str

    @property
    def form(self) -> dict[str, str]:
        """The token request of a public client."""
        return {
            "grant_type": "authorization_code",
            "client_id": self.client.client_id,
            "code": self.code,
            "redirect_uri": self.client.redirect_uri,
            "code_verifier": VERIFIER,
        }


class MakeOAuth(MakeAccounts):
    """Clients, grants and tokens."""

    def client(
        self, *, client_id: str | None = None, require_pkce: bool = True, **metadata
    ) -> MadeClient:
        """Register a client. Keys of P-256, because RSA keys take long to make."""
        declared = {
            "client_name": "Notes",
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"],
            "id_token_signed_response_alg": "ES256",
        }
        with self.app.app_context():
            made = register_client(
                declared | metadata, client_id=client_id, require_pkce=require_pkce
            )
            db.session.commit()
            uris = [*made.metadata["redirect_uris"], ""]
            return MadeClient(made.client_id, made.client_secret, uris[0])

    def spa(self, **metadata) -> MadeClient:
        """Register a public client of the browser."""
        return self.client(token_endpoint_auth_method="none", **metadata)

    def web_client(self, **metadata) -> MadeClient:
        """Register a client with a secret."""
        return self.client(**metadata)

    def device_client(self, **metadata) -> MadeClient:
        """Register a client of devices without a browser (RFC 8628)."""
        declared = {
            "grant_types": [DEVICE_CODE, "refresh_token"],
            "redirect_uris": [],
            "token_endpoint_auth_method": "none",
        }
        return self.client(**(declared | metadata))

    def machine_client(self, *, scope: str = "read write", **metadata) -> MadeClient:
        """Register a client that acts for itself."""
        return self.client(
            grant_types=["client_credentials"],
            redirect_uris=[],
            scope=scope,
            **metadata,
        )

    def signed_in_person(self, **profile) -> tuple[str, str]:
        """Store a user with a browser session; return both ids."""
        with self.app.app_context():
            address = f"{secrets.token_hex(4)}@example.com"
            values = {"id": new_subject(), "email": address, "email_key": address}
            user = User(**(values | profile))
            now = utcnow()
            session = BrowserSession(
                token_digest=digest(new_token()),
                user_id=user.id,
                auth_time=now,
                amr=["pwd"],
                idle_expires_at=now + timedelta(hours=2),
                expires_at=now + timedelta(hours=24),
            )
            db.session.add(user)
            db.session.flush()
            db.session.add(session)
            db.session.commit()
            return user.id, session.id

    def disable(self, user_id: str) -> None:
        """Take an account from its person, behind the back of everything else."""
        with self.app.app_context():
            db.session.get_one(User, user_id).status = "disabled"
            db.session.commit()

    def code(
        self,
        client: MadeClient,
        *,
        scope: str = "openid profile email",
        person: tuple[str, str] | None = None,
        amr: Sequence[str] = ("pwd",),
        **bound,
    ) -> MadeCode:
        """Issue a code for VERIFIER, to a person who signed in just now."""
        user_id, session_id = person or self.signed_in_person()
        with self.app.app_context():
            session = replace(
                find_session(session_id),
                auth_time=utcnow(),
                expires_at=utcnow() + timedelta(hours=24),
                amr=list(amr),
            )
            authorization = {
                "client_id": client.client_id,
                "session": session,
                "scope": scope,
                "redirect_uri": client.redirect_uri,
                "code_challenge": s256(VERIFIER),
                "nonce": "a-nonce",
            }
            code = codes.issue_code(codes.Authorization(**(authorization | bound)))
            db.session.commit()
            return MadeCode(code, client, user_id, session_id)

    def refresh_token(self, client: MadeClient, **issued) -> str:
        """Issue a refresh token without a redemption."""
        made = self.code(client, **issued)
        with self.app.app_context():
            uri = client.redirect_uri
            spent = codes.redeem(
                codes.Presented(made.code, client.client_id, uri, VERIFIER)
            )
            token = refresh.start_family(
                find_grant(spent.grant_id),
                client_id=client.client_id,
                now=utcnow(),
            )
            db.session.commit()
            return token
