"""What tokens say of a user's groups and organizations, and of their roles.

RFC 9068 §2.2.3.1 has the names of groups and roles. Nothing is asked for a client that
has no roles, about a user whose groups and organizations it did not get.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from idp.accounts.groups.members import group_names
from idp.oauth.clients import audiences
from idp.oauth.clients.access.roles import role_names
from idp.oauth.clients.view import ClientView
from idp.oauth.protocol import scopes
from idp.oauth.protocol.claims import GROUPS, ORG_ROLES, ORGANIZATIONS, ROLES
from idp.organizations.contexts.places import shared_places

# No token above 8 KB is read, here and by many servers: that is what is left for names.
MOST_BYTES = 4096
Names = dict[str, list[Any]]


def named_claims(client: ClientView, user_id: str, *, wanted: Collection[str]) -> Names:
    """Return ``groups`` and ``organizations``, those that are among ``wanted``.

    For a client to which the scope means this one: an API that was registered before
    may have a scope of the same name.
    """
    known = audiences.scopes_for(client, ())
    found: Names = {}
    if GROUPS in wanted and scopes.GROUPS in known:
        found[GROUPS] = group_names(user_id)
    if ORGANIZATIONS in wanted and scopes.ORGANIZATIONS in known:
        found[ORGANIZATIONS] = [place.told() for place in shared_places(user_id)]
    return found


def that_fit(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the claims that a token can hold; UserInfo tells all.

    One that is too long is left out, organizations first: cut, it would look complete.
    """
    kept = dict(found)
    for name in (ORGANIZATIONS, GROUPS, ROLES, ORG_ROLES):
        if len(json.dumps(kept)) <= MOST_BYTES:
            break
        kept.pop(name, None)
    return kept


def short_enough(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the claims of a scope that a token can hold, those that come first."""
    kept: dict[str, Any] = {}
    for name, value in found.items():
        if len(json.dumps({**kept, name: value})) <= MOST_BYTES:
            kept[name] = value
    return kept


def membership_claims(
    client: ClientView, user_id: str, *, wanted: Collection[str]
) -> Names:
    """Return the same, and ``roles`` if the client has any.

    All are arrays, which may be empty.
    """
    found = named_claims(client, user_id, wanted=wanted)
    if client.has_roles:
        found[ROLES] = role_names(user_id, client_id=client.client_id)
    return found
