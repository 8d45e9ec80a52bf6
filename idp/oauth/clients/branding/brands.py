"""The look of a client's pages: change it, and find the files that make it."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from sqlalchemy import delete, select

from idp.core.db import db
from idp.core.errors import FieldError, IdpError
from idp.oauth.clients.branding.branding import parse_colour, spelled
from idp.oauth.clients.branding.files import (
    COLOUR,
    DARK_LOGO,
    LOGO,
    file_name,
    sheet_name,
    sheet_of,
)
from idp.oauth.clients.branding.logos import TYPES, read_logo
from idp.oauth.clients.changes import get_client, record_change
from idp.oauth.models import Client, ClientLogo

Which = Literal["logo", "dark_logo"]


class ColourRefused(IdpError):
    """A colour in a spelling that is not ours."""

    code = "invalid_colour"
    status = HTTPStatus.BAD_REQUEST
    title = "This is not a colour."


@dataclass(frozen=True)
class BrandFile:
    """One file to serve; ``current`` tells whether it has the name that was asked."""

    content: bytes
    media_type: str
    current: bool


def set_colour(client_id: str, colour: str, *, by: str | None = None) -> None:
    """Give a client a colour, ``#rrggbb``, or none. Raises ColourRefused."""
    parsed = parse_colour(colour) if colour else None
    if colour and parsed is None:
        message = "Write the colour as # and six hexadecimal digits, like #1f4fc4."
        raise ColourRefused([FieldError(COLOUR, ColourRefused.code, message)])
    _change(client_id, COLOUR, value=spelled(parsed) if parsed else None, by=by)


def set_logo(
    client_id: str, which: Which, *, upload: bytes, by: str | None = None
) -> None:
    """Give a client a logo from an uploaded file. Raises LogoRefused."""
    logo = read_logo(upload)
    get_client(client_id)
    name = file_name(logo.content, extension=logo.extension)
    if db.session.get(ClientLogo, (client_id, name)) is None:
        db.session.add(ClientLogo(client_id=client_id, name=name, content=logo.content))
        db.session.flush()
    _change(client_id, which, value=name, by=by)


def remove_logo(client_id: str, which: Which, *, by: str | None = None) -> None:
    """Take a logo away."""
    _change(client_id, which, value=None, by=by)


def find_file(client_id: str, name: str) -> BrandFile | None:
    """Return a file of a client's look.

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
        None if content is None else BrandFile(content, TYPES[extension], current=True)
    )


def _change(
    client_id: str, member: str, *, value: str | None, by: str | None = None
) -> None:
    """Set one member of a client's branding; delete logos it no longer names."""
    client = get_client(client_id)
    branding = {**(client.branding or {}), member: value}
    kept = {name: text for name, text in branding.items() if text is not None}
    if kept == (client.branding or {}):
        return
    client.branding = kept or None
    named = [kept[name] for name in (LOGO, DARK_LOGO) if name in kept]
    unused = delete(ClientLogo).where(
        ClientLogo.client_id == client_id, ClientLogo.name.not_in(named)
    )
    db.session.execute(unused)
    record_change(client_id, by=by, changed=[f"branding.{member}"])


def _find_sheet(client_id: str, name: str) -> BrandFile | None:
    """Return the stylesheet of a client's colour."""
    of_client = select(Client.branding).where(Client.client_id == client_id)
    colour = (db.session.scalar(of_client) or {}).get(COLOUR)
    if colour is None:
        return None
    sheet = sheet_of(colour)
    current = name == sheet_name(sheet)
    return BrandFile(sheet.encode(), "text/css; charset=utf-8", current=current)
