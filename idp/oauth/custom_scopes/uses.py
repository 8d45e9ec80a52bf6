"""Which clients a scope about users is good for."""

from sqlalchemy import literal, select

from idp.core.db import db
from idp.oauth.models import Client


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
