"""Factories of clients, and of what users allowed them."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus

from flask import Flask

from idp.accounts.access.permissions import OPERATOR
from idp.core.db import db
from idp.oauth.apis.permissions import read_permissions
from idp.oauth.apis.registry import ApiDeclaration, create_api, find_api
from idp.oauth.authorization import consents
from idp.oauth.clients.registry import register_client
from idp.oauth.clients.view import DEVICE_CODE
from tests.make_users import MadeAccount

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


class MakeClients:
    """Registered clients of every kind."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def client(
        self,
        *,
        client_id: str | None = None,
        first_party: bool = False,
        require_pkce: bool = True,
        apis: Sequence[str | dict] = (),
        **metadata,
    ) -> MadeClient:
        """Register a client. Keys of P-256, because RSA keys take long to make.

        Those of ``apis`` that are not registered yet are, with no scope.
        """
        declared = {
            "client_name": "Notes",
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"],
            "id_token_signed_response_alg": "ES256",
        }
        with self.app.app_context():
            allowed = read_permissions(list(apis))
            for permission in allowed:
                if find_api(permission.identifier) is None:
                    create_api(permission.identifier, ApiDeclaration("An API"))
            made = register_client(
                declared | metadata,
                client_id=client_id,
                first_party=first_party,
                require_pkce=require_pkce,
                apis=allowed,
                held=OPERATOR,
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

    def api(self, identifier: str, *scopes: str, **declared) -> str:
        """Register an API with scopes; return its identifier."""
        described = {name: {"en": f"Do {name}"} for name in scopes}
        with self.app.app_context():
            wanted = {"name": "An API", "scopes": described} | declared
            create_api(identifier, ApiDeclaration(**wanted))
            db.session.commit()
        return identifier

    def own_app(self, *, scope: str, **metadata) -> MadeClient:
        """Register an app of the operator's own, which asks for no consent."""
        return self.spa(scope=scope, first_party=True, **metadata)

    def consent(self, person: MadeAccount, client: MadeClient, scope: str) -> None:
        """Remember that a person allowed a client ``scope`` in the past."""
        with self.app.app_context():
            consents.remember(
                user_id=person.id, client_id=client.client_id, scope=scope
            )
            db.session.commit()
