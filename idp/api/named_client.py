"""The app that somebody says they come from."""

from idp.accounts.errors import InvalidInput
from idp.core.errors import FieldError
from idp.oauth.clients.cache import find_client


def require_client(client_id: str | None) -> None:
    """Raise InvalidInput for a client that nobody can sign in at; for none do not."""
    if client_id is None:
        return
    client = find_client(client_id)
    if client is None or client.disabled:
        raise InvalidInput([FieldError("client_id", "unknown")])
