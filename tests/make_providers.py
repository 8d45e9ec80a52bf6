"""Factories of providers, and of identities that are linked to users."""

from typing import Any

from flask import Flask

from idp.core.caches.versions import Caches
from idp.core.context import current
from idp.core.db import db
from idp.federation.models import LinkedIdentity, ProviderRow
from idp.federation.providers.cache import PROVIDERS, find_provider
from idp.federation.providers.provider import Provider
from idp.federation.providers.secrets import seal_secret

COLUMNS = {"kind", "name", "position", "disabled_at", "organization_id"}


class MakeProviders:
    """Providers, as operators set them up."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def provider(
        self, provider_id: str = "acme", *, secret: str | None = "s3cret", **fields: Any
    ) -> Provider:
        """Make a provider; what is not said is as in the ``Provider`` class."""
        fields = {
            "kind": "oidc",
            "name": "Acme",
            "issuer": "https://login.acme.example",
            "client_id": "idp-at-acme",
            "scopes": ["openid", "profile", "email"],
        } | fields
        columns = {name: fields.pop(name) for name in COLUMNS & fields.keys()}
        with self.app.app_context():
            if secret is not None:
                columns["secret_sealed"] = seal_secret(secret, provider_id=provider_id)
            db.session.add(ProviderRow(id=provider_id, configured=fields, **columns))
            db.session.flush()
            current(Caches).bump(PROVIDERS)
            db.session.commit()
            made = find_provider(provider_id)
            assert made is not None
            return made

    def change(
        self, provider_id: str, *, secret: str | None = None, **fields: Any
    ) -> None:
        """Say something else of a provider, whoever is linked to it."""
        with self.app.app_context():
            row = db.session.get_one(ProviderRow, provider_id)
            row.configured = row.configured | fields
            if secret is not None:
                row.secret_sealed = seal_secret(secret, provider_id=provider_id)
            current(Caches).bump(PROVIDERS)
            db.session.commit()

    def link(
        self,
        provider_id: str,
        user_id: str,
        *,
        subject: str = "248289761001",
        **fields: Any,
    ) -> str:
        """Link an identity to a user; return the id of the link."""
        with self.app.app_context():
            linked = LinkedIdentity(
                provider_id=provider_id, subject=subject, user_id=user_id, **fields
            )
            db.session.add(linked)
            db.session.commit()
            return linked.id
