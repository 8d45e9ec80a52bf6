"""The branding declared in a file (``--seed``): made so at every start."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from idp.administration.branding.changes import (
    InvalidBranding,
    NewLogo,
    Which,
    change_branding,
    hold_branding,
)
from idp.core.branding.instance import LINKS, InstanceBranding
from idp.core.errors import FieldError
from idp.core.pictures.bitmaps import MAX_UPLOAD_BYTES, PictureRefused
from idp.core.pictures.logos import Logo, read_logo
from idp.core.settings.declared import reason
from idp.core.text import worded

LOGOS: tuple[Which, ...] = ("logo", "dark_logo")
FIELDS = frozenset({"name", "colour", *LINKS, *LOGOS})


def apply_branding(declared: Mapping[str, Any], *, folder: Path) -> list[str]:
    """Make the server look as is declared; again it changes nothing.

    ``logo`` and ``dark_logo`` name files, from the ``folder`` of the declaration. What
    is left out is taken away. Raises InvalidBranding.
    """
    errors = list(_shape_mistakes(declared))
    if errors:
        raise InvalidBranding(errors)
    logos = {which: NewLogo(_read(declared, which, folder=folder)) for which in LOGOS}
    wanted = InstanceBranding(
        declared.get("name"),
        declared.get("colour"),
        links={link: declared[link] for link in LINKS if link in declared},
    )
    hold_branding()
    change_branding(wanted, by=None, logos=logos)
    return []


def _read(declared: Mapping[str, Any], which: Which, *, folder: Path) -> Logo | None:
    """Return the logo in the file that is named, None where none is."""
    if which not in declared:
        return None
    try:
        with (folder / declared[which]).open("rb") as file:
            return read_logo(file.read(MAX_UPLOAD_BYTES + 1))
    except OSError as error:
        raise InvalidBranding(
            [_mistake(which, worded("cannot be read: %(why)s", why=reason(error)))]
        ) from error
    except PictureRefused as refusal:
        raise InvalidBranding(
            [_mistake(which, error.message) for error in refusal.errors]
        ) from refusal


def _shape_mistakes(declared: Mapping[str, Any]) -> Iterator[FieldError]:
    """Yield what is no field, or no text."""
    for name, value in declared.items():
        if name not in FIELDS:
            yield _mistake(name, worded("not supported"))
        elif not isinstance(value, str):
            yield _mistake(name, worded("must be text"))


def _mistake(field: str, message: str) -> FieldError:
    """Return the error of one field."""
    return FieldError(field, "invalid", message)
