"""Changing how the server looks."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from http import HTTPStatus
from typing import Literal

from sqlalchemy import delete

from idp.accounts.names import name_problem
from idp.accounts.profile.fields import accepted, profile_problem
from idp.core.branding.instance import (
    BRANDING,
    LINKS,
    InstanceBranding,
    read_branding,
)
from idp.core.branding.model import ONLY, InstanceBrandingRow, InstanceLogo
from idp.core.branding.palettes import parse_colour, spelled
from idp.core.caches.versions import Caches
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db
from idp.core.errors import FieldError, IdpError
from idp.core.pictures.logos import Logo
from idp.core.pictures.names import file_name
from idp.security import audit

MAX_NAME = 64
WEB_ADDRESS = "website"  # a field that is an https URL
Which = Literal["logo", "dark_logo"]


class InvalidBranding(IdpError):
    """A look that cannot be so; ``errors`` has each mistake."""

    code = "invalid_branding"
    status = HTTPStatus.BAD_REQUEST
    title = "The branding cannot be saved."


@dataclass(frozen=True)
class NewLogo:
    """A logo that takes the place of one, or None for none."""

    logo: Logo | None


def checked(wanted: InstanceBranding) -> InstanceBranding:
    """Return a look as it is kept; an empty text is none.

    Raises InvalidBranding with every mistake.
    """
    name, colour = (wanted.name or "").strip(), (wanted.colour or "").strip()
    errors = [*_mistakes_in(name, colour), *_mistakes_in_links(wanted.links)]
    if errors:
        raise InvalidBranding(errors)
    parsed = parse_colour(colour)
    return replace(
        wanted,
        name=name or None,
        colour=spelled(parsed) if parsed else None,
        links={
            link: str(accepted(WEB_ADDRESS, uri))
            for link in LINKS
            if (uri := (wanted.links.get(link) or "").strip())
        },
    )


def hold_branding() -> InstanceBranding:
    """Return the look as it is, for a change: nobody else changes it meanwhile.

    Every process forgets what it knows, once this is committed.
    """
    current(Caches).bump(BRANDING)
    return read_branding()


def change_branding(
    wanted: InstanceBranding,
    *,
    by: str | None,
    logos: Mapping[Which, NewLogo] | None = None,
) -> bool:
    """Make a held look another one; tell whether that changes it.

    ``logos`` are those that change. Raises InvalidBranding.
    """
    before = read_branding()
    new = {which: _add(each.logo) for which, each in (logos or {}).items()}
    wanted = replace(
        checked(wanted),
        logo=new.get("logo", before.logo),
        dark_logo=new.get("dark_logo", before.dark_logo),
    )
    if wanted == before:
        return False
    row = InstanceBrandingRow(id=ONLY, updated_at=utcnow(), **asdict(wanted))
    db.session.merge(row)
    db.session.flush()
    kept = [name for name in (wanted.logo, wanted.dark_logo) if name]
    db.session.execute(delete(InstanceLogo).where(InstanceLogo.name.not_in(kept)))
    audit.record(
        "branding.changed", user_id=by, before=asdict(before), after=asdict(wanted)
    )
    return True


def _add(logo: Logo | None) -> str | None:
    """Store a logo, and return its name."""
    if logo is None:
        return None
    name = file_name(logo.content, extension=logo.extension)
    db.session.merge(InstanceLogo(name=name, content=logo.content))
    db.session.flush()
    return name


def _mistakes_in(name: str, colour: str) -> Iterator[FieldError]:
    """Yield what is wrong with a name and a colour."""
    if len(name) > MAX_NAME:
        yield FieldError("name", "too_long", values={"max": MAX_NAME})
    elif name and (problem := name_problem(name)):
        yield problem
    if colour and parse_colour(colour) is None:
        yield FieldError("colour", "invalid", word="branding.colour")


def _mistakes_in_links(links: Mapping[str, str]) -> Iterator[FieldError]:
    """Yield what is wrong with the links."""
    for name, uri in links.items():
        if name not in LINKS:
            yield FieldError(name, "unknown_field", word="profile.unknown_field")
        elif uri and uri.strip():
            unfit = profile_problem(WEB_ADDRESS, uri)
            if unfit:
                yield FieldError(name, unfit.code, word=unfit.word, values=unfit.values)
