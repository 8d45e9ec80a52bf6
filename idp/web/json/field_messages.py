"""What pydantic found wrong, in plain words with stable codes."""

from typing import Any, get_args

from flask_babel import lazy_gettext as _
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ErrorType

from idp.core.errors import FieldError

MAX_ERRORS = 50
MAX_NAME = 100
PYDANTIC_TYPES = frozenset(get_args(ErrorType))

TEXT = ("wrong_type", _("This must be text."))
NUMBER = ("wrong_type", _("This must be a number."))
DATE = ("wrong_format", _("This must be a date, like 2001-02-23."))
MOMENT = ("wrong_format", _("This must be a date and time, like 2001-02-23T04:05:06Z."))
BELOW = ("out_of_range", _("This is too small."))
ABOVE = ("out_of_range", _("This is too large."))
ANY = ("invalid", _("This value can’t be used."))
CHOICE = ("not_allowed", _("This is none of the allowed values: %(expected)s."))

KINDS: dict[str, tuple[str, Any]] = {
    "missing": ("required", _("This field is required.")),
    "extra_forbidden": ("unknown_field", _("There is no such field here.")),
    "string_type": TEXT,
    "string_unicode": TEXT,
    "string_too_short": (
        "too_short",
        _("This needs at least %(min_length)s characters."),
    ),
    "string_too_long": (
        "too_long",
        _("This can have at most %(max_length)s characters."),
    ),
    "string_pattern_mismatch": ("wrong_format", _("This is not in the right format.")),
    "bool_type": ("wrong_type", _("This must be true or false.")),
    "bool_parsing": ("wrong_type", _("This must be true or false.")),
    "int_type": NUMBER,
    "int_parsing": NUMBER,
    "int_from_float": NUMBER,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "list_type": ("wrong_type", _("This must be a list.")),
    "dict_type": ("wrong_type", _("This must be an object.")),
    "model_type": ("wrong_type", _("This must be an object.")),
    "too_long": ("too_long", _("This has too many entries.")),
    "too_short": ("too_short", _("This has too few entries.")),
    "literal_error": CHOICE,
    "enum": CHOICE,
    "date_type": DATE,
    "date_parsing": DATE,
    "date_from_datetime_parsing": DATE,
    "datetime_type": MOMENT,
    "datetime_parsing": MOMENT,
    "datetime_from_date_parsing": MOMENT,
    "timezone_aware": MOMENT,
    "url_type": TEXT,
    "url_parsing": ("wrong_format", _("This must be a URL.")),
    "url_scheme": ("wrong_format", _("This must be a URL.")),
    "greater_than": BELOW,
    "greater_than_equal": BELOW,
    "less_than": ABOVE,
    "less_than_equal": ABOVE,
    "value_error": ANY,
}


def field_errors(error: ValidationError) -> list[FieldError]:
    """Return what is wrong with each field; values are never repeated.

    A validator of ours that raises ``PydanticCustomError(code, message)`` speaks for
    itself.
    """
    found = error.errors(include_url=False, include_input=False)
    return [_field_error(item) for item in found[:MAX_ERRORS]]


def dotted(location: tuple[int | str, ...]) -> str:
    """Return a field's name as a path: address.locality, emails.0."""
    return ".".join(str(part)[:MAX_NAME] for part in location)


def no_such_field(name: str) -> FieldError:
    """Return the error of a name that means nothing here."""
    code, message = KINDS["extra_forbidden"]
    return FieldError(name[:MAX_NAME], code, str(message))


def _field_error(item: ErrorDetails) -> FieldError:
    """Translate one finding."""
    name = dotted(item["loc"])
    context = item.get("ctx") or {}
    if item["type"] in KINDS:
        code, message = KINDS[item["type"]]
        return FieldError(name, code, str(message) % context)
    if item["type"] in PYDANTIC_TYPES:
        return FieldError(name, ANY[0], str(ANY[1]))
    return FieldError(name, item["type"], item["msg"])
