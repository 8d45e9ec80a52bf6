"""The field that takes a code, as people write it."""

from typing import Any
from unicodedata import category, decimal

from flask_babel import lazy_gettext
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired

from idp.pages.forms import line_limit
from idp.web.forms import PageForm

MARKS = ("Cf", "Pd")  # invisible marks of direction, dashes


def _typed_code(value: Any) -> Any:
    """Return a code in one piece and in the digits 0 to 9, however it was typed."""
    if not isinstance(value, str):
        return value
    kept = (c for c in value if not c.isspace() and category(c) not in MARKS)
    return "".join(str(decimal(c, c)) for c in kept)


class FactorForm(PageForm):
    """A code; ``method`` says by which way it was made."""

    code = StringField(
        lazy_gettext("Code"),
        [DataRequired(lazy_gettext("Enter the code.")), line_limit()],
        filters=[_typed_code],
    )
    method = HiddenField()
