"""Values of attributes in words for people."""

from collections.abc import Collection
from datetime import date
from typing import Any

from flask_babel import format_date, format_decimal, gettext

from idp.accounts.models import User
from idp.accounts.profile.attributes.definitions import AttributeType
from idp.accounts.profile.attributes.registry import definitions
from idp.accounts.profile.attributes.written import attributes_of
from idp.web.i18n import page_lang


def attributes_in_words(
    user: User, *, but: Collection[str] = ()
) -> list[tuple[str, str]]:
    """Return label and value of what is said of a user, in the page's language."""
    values, known = attributes_of(user), definitions()
    return [
        (known[key].label_in(page_lang()), _in_words(known[key].type, value))
        for key, value in values.items()
        if key not in but
    ]


def _in_words(kind: str, value: Any) -> str:
    """Return one value."""
    if kind == AttributeType.BOOLEAN:
        return str(gettext("Yes") if value else gettext("No"))
    if kind == AttributeType.NUMBER:
        return str(format_decimal(value))
    if kind == AttributeType.DATE:
        return str(format_date(date.fromisoformat(value), "long"))
    return str(value)
