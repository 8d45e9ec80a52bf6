"""What proves this server at a provider, sealed at rest."""

from idp.core.context import current
from idp.core.db import table_of
from idp.core.sealing import Keyring, SealedColumn
from idp.federation.models import ProviderRow
from idp.federation.providers.provider import Provider

SEALED = SealedColumn(table_of(ProviderRow).c.secret_sealed, "provider:{id}")


def seal_secret(secret: str, *, provider_id: str) -> bytes:
    """Encrypt a secret, for this provider's row alone."""
    bound_to = SEALED.bound_to(id=provider_id)
    return current(Keyring).seal(secret.encode(), bound_to=bound_to)


def open_secret(provider: Provider) -> str | None:
    """Return a provider's secret, or its private key in PEM; None if it has none."""
    sealed = provider.secret_sealed
    if sealed is None:
        return None
    bound_to = SEALED.bound_to(id=provider.id)
    return current(Keyring).open(sealed, bound_to=bound_to).decode()
