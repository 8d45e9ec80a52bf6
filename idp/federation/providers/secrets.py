"""What proves this server at a provider, sealed at rest."""

from idp.core.context import current
from idp.core.sealing import Keyring
from idp.federation.providers.provider import Provider


def seal_secret(secret: str, *, provider_id: str) -> bytes:
    """Encrypt a secret, for this provider's row alone."""
    return current(Keyring).seal(secret.encode(), bound_to=_row(provider_id))


def open_secret(provider: Provider) -> str | None:
    """Return a provider's secret, or its private key in PEM; None if it has none."""
    sealed = provider.secret_sealed
    if sealed is None:
        return None
    return current(Keyring).open(sealed, bound_to=_row(provider.id)).decode()


def _row(provider_id: str) -> str:
    """Name the row that bytes belong to."""
    return f"provider:{provider_id}"
