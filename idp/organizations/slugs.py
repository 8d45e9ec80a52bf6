"""Names of organizations in addresses and parameters (pure)."""

import re
from unicodedata import normalize

MAX_SLUG = 31  # one less than an id has, so that it is told from any
SLUG = re.compile(rf"(?=.{{2,{MAX_SLUG}}}$)[a-z0-9]+(?:-[a-z0-9]+)*")
UNFIT = re.compile(r"[^a-z0-9]+")
NAMELESS = "organization"


def is_slug(text: object) -> bool:
    """Tell whether text can be a slug: lower case, digits, single dashes between."""
    return isinstance(text, str) and bool(SLUG.fullmatch(text))


def slug_of(name: str, *, mark: str = "") -> str:
    """Return a slug that reads like a name; ``mark`` makes it another."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    most = MAX_SLUG - len(mark) - 1 if mark else MAX_SLUG
    base = UNFIT.sub("-", plain).strip("-")[:most].rstrip("-")
    if len(base) < 2:  # noqa: PLR2004 - as the pattern says
        base = NAMELESS
    return f"{base}-{mark}" if mark else base
