"""What scopes about users are good for: which clients and attributes name them."""

from sqlalchemy import literal, select

from idp.accounts.profile.attributes.definitions import Definition
from idp.accounts.profile.attributes.registry import read_definitions
from idp.core.db import db
from idp.oauth.models import Client, CustomScope
from idp.oauth.protocol.claims import BY_SCOPE

CUSTOM = select(CustomScope.name, CustomScope.claims).order_by(CustomScope.name)


def clients_of_scope(name: str) -> list[tuple[str, str]]:
    """Return id and name of the clients that registered a scope value, by name."""
    registered = Client.registered["scope"].as_string()
    padded = literal(" ") + registered + " "
    found = (
        select(Client.client_id, Client.client_name, registered)
        .where(padded.contains(f" {name} ", autoescape=True))
        .order_by(Client.client_name, Client.client_id)
    )
    # SQLite takes a capital for its small letter.
    return [
        (client_id, client_name)
        for client_id, client_name, scope in db.session.execute(found)
        if name in scope.split(" ")
    ]


def attributes_of_scope(name: str) -> list[str]:
    """Return the keys of the attributes that name a scope to be opened by it."""
    found = read_definitions().values()
    return [one.key for one in found if one.scope == name]


def possible_scopes() -> list[str]:
    """Return all scope values that can open a claim, as they are now."""
    return [*BY_SCOPE, *(row.name for row in db.session.execute(CUSTOM))]


def scopes_opening(attribute: Definition) -> list[str]:
    """Return the scope values that open an attribute's claim."""
    rows = db.session.execute(CUSTOM).all()
    found = [row.name for row in rows if attribute.claim in row.claims]
    return list(dict.fromkeys([attribute.scope, *found])) if attribute.scope else found
