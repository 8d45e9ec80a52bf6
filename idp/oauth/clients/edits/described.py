"""All that is registered of a client, under the names by which it is declared."""

from typing import Any

from idp.oauth.apis.permissions import MEMBER, list_permissions
from idp.oauth.clients.access.changes import describe_people
from idp.oauth.models import Client


def describe_client(client: Client) -> dict[str, Any]:
    """Return a client's metadata, flags, users and APIs; of secrets, nothing."""
    return {
        "client_id": client.client_id,
        **client.registered,
        "first_party": client.first_party,
        "require_pkce": client.require_pkce,
        **describe_people(client),
        MEMBER: [held.as_json() for held in list_permissions(client.client_id)],
        "disabled": client.disabled_at is not None,
    }
