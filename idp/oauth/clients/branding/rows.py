"""Rows of logos: kept while the branding of their client names them."""

from sqlalchemy import delete

from idp.core.db import db
from idp.core.pictures.logos import Logo
from idp.core.pictures.names import file_name
from idp.oauth.clients.branding.files import DARK_LOGO, LINKED_LOGO, LOGO
from idp.oauth.models import Client, ClientLogo


def add_logo(client_id: str, logo: Logo) -> str:
    """Store a logo, unless the client has it, and return its name."""
    name = file_name(logo.content, extension=logo.extension)
    if db.session.get(ClientLogo, (client_id, name)) is None:
        db.session.add(ClientLogo(client_id=client_id, name=name, content=logo.content))
        db.session.flush()
    return name


def drop_unused_logos(client: Client) -> None:
    """Delete the logos that a client's branding does not name."""
    branding = client.branding or {}
    named = [branding[n] for n in (LOGO, DARK_LOGO, LINKED_LOGO) if n in branding]
    unused = delete(ClientLogo).where(
        ClientLogo.client_id == client.client_id, ClientLogo.name.not_in(named)
    )
    db.session.execute(unused)
