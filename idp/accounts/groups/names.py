"""Names of groups, and of roles that clients declare (pure)."""

from unicodedata import normalize

from idp.core.text import is_shown, name_hint, worded

MAX_NAME = 64
MAX_DESCRIPTION = 255


def group_key(name: str) -> str:
    """Return the form in which a group's name is unique: NFKC, case folded."""
    return normalize("NFKC", normalize("NFKC", name.strip()).casefold())


def name_mistake(name: object) -> str | None:
    """Say what is wrong with a name that clients read in a list, or None.

    Proxies hand such lists on with commas between the names.
    """
    if not isinstance(name, str) or not name or name != name.strip():
        return worded("must be text that neither begins nor ends with a space")
    if len(name) > MAX_NAME or len(group_key(name)) > MAX_NAME:
        return worded("has more than %(most)s characters", most=MAX_NAME)
    if "," in name:
        return worded("must have no comma and no control character")
    return name_hint(name)


def description_mistake(text: object) -> str | None:
    """Say what is wrong with a description, or None; it may be empty."""
    if not isinstance(text, str) or not is_shown(text):
        return worded("must be a line of text without control characters")
    if len(text) > MAX_DESCRIPTION:
        return worded("has more than %(most)s characters", most=MAX_DESCRIPTION)
    return None
