"""The names of fields: rules have their own, a program reads the ones it sent."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from flask_babel import gettext

from idp.accounts.errors import InvalidInput
from idp.accounts.terms.errors import TermsRequired
from idp.core.errors import FieldError
from idp.web.json.body import InvalidFields


@contextmanager
def renamed(names: Mapping[str, str]) -> Iterator[None]:
    """Give the mistakes that a rule finds the names of this route's fields."""
    try:
        yield
    except (InvalidInput, TermsRequired) as refusal:
        errors = [
            replace(error, field=names.get(error.field, error.field))
            for error in refusal.errors
        ]
        raise type(refusal)(errors) from refusal


def required(field: str) -> InvalidFields:
    """Return the refusal of a request that lacks a field."""
    words = gettext("This field is required.")
    return InvalidFields([FieldError(field, "required", words)])


def refuse_mismatch(password: str, repeated: str | None, *, field: str) -> None:
    """Refuse a password that was not typed the same twice, when it was."""
    if repeated is not None and repeated != password:
        words = gettext("The two passwords are different.")
        raise InvalidFields([FieldError(field, "mismatch", words)])
