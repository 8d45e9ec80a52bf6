"""The files that make a client's branding, as they are served."""

from dataclasses import dataclass

from sqlalchemy import select

from idp.core.db import db
from idp.core.pictures.names import media_type
from idp.oauth.clients.branding.files import COLOUR, sheet_name, sheet_of
from idp.oauth.models import Client, ClientLogo


@dataclass(frozen=True)
class BrandFile:
    """One file to serve; ``current`` tells whether it has the name that was asked."""

    content: bytes
    media_type: str
    current: bool


def find_file(client_id: str, name: str) -> BrandFile | None:
    """Return a file of a client's branding.

    A stylesheet is answered under an old name too: a page may have been made a moment
    before the colour changed, or by a server that learns of it in half a minute.
    """
    extension = name.rpartition(".")[2]
    if extension == "css":
        return _find_sheet(client_id, name)
    picture = select(ClientLogo.content).where(
        ClientLogo.client_id == client_id, ClientLogo.name == name
    )
    content = db.session.scalar(picture)
    return (
        None if content is None else BrandFile(content, media_type(name), current=True)
    )


def _find_sheet(client_id: str, name: str) -> BrandFile | None:
    """Return the stylesheet of a client's colour."""
    of_client = select(Client.branding).where(Client.client_id == client_id)
    colour = (db.session.scalar(of_client) or {}).get(COLOUR)
    if colour is None:
        return None
    sheet = sheet_of(colour)
    current = name == sheet_name(sheet)
    return BrandFile(sheet.encode(), "text/css; charset=utf-8", current=current)
