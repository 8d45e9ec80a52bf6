"""What tokens say of a user's groups, and of their roles at the client.

RFC 9068 §2.2.3.1 has the names. Nothing is asked for a client that
has no roles, about a user whose groups it did not get.
"""

import json
from collections.abc import Collection, Mapping

from idp.accounts.groups.members import group_names
from idp.oauth.clients import audiences
from idp.oauth.clients.access.roles import role_names
from idp.oauth.clients.view import ClientView
from idp.oauth.protocol import scopes
from idp.oauth.protocol.claims import GROUPS, ROLES

# No token above 8 KB is read, here and by many servers: that is what is left for names.
MOST_BYTES = 4096


def groups_claim(client: ClientView, user_id: str) -> dict[str, list[str]]:
    """Return the claim, for a client to which the scope means this one.

    An API that was registered before may have a scope of the same name.
    """
    if scopes.GROUPS not in audiences.scopes_for(client, ()):
        return {}
    return {GROUPS: group_names(user_id)}


def that_fit(found: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return those of the claims that a token can hold; UserInfo tells all.

    One that is too long is left out, groups first: cut, it would look complete.
    """
    kept = dict(found)
    for name in (GROUPS, ROLES):
        if len(json.dumps(kept)) <= MOST_BYTES:
            break
        kept.pop(name, None)
    return kept


def membership_claims(
    client: ClientView, user_id: str, *, wanted: Collection[str]
) -> dict[str, list[str]]:
    """Return ``groups`` if it is among ``wanted``, ``roles`` if the client has any.

    Both are arrays of names, which may be empty.
    """
    found = groups_claim(client, user_id) if GROUPS in wanted else {}
    if client.has_roles:
        found[ROLES] = role_names(user_id, client_id=client.client_id)
    return found
