"""Places on the waitlist for new accounts, declared in a file (``--seed``)."""

from collections.abc import Mapping
from typing import Any

from idp.accounts.addresses.availability import address_problem, is_taken
from idp.accounts.errors import InvalidInput
from idp.accounts.names import canonical_email
from idp.accounts.registration.waitlist.places import (
    PlaceRequest,
    declare_place,
    shown_note,
)
from idp.core.errors import FieldError
from idp.core.text import worded

FIELDS = frozenset({"email", "note", "client_id"})


def apply_place(declared: Mapping[str, Any]) -> list[str]:
    """Have a declared address wait, confirmed, at the end of the list.

    One that has an account by now, or a place however it stands, is left alone. Raises
    InvalidInput.
    """
    unknown = sorted(declared.keys() - FIELDS)
    if unknown:
        raise InvalidInput([FieldError(unknown[0], "invalid", worded("not supported"))])
    for field, value in declared.items():
        if not isinstance(value, str):
            message = worded("must be text")
            raise InvalidInput([FieldError(field, "invalid", message)])
    address = canonical_email(declared.get("email", ""))
    problem = address_problem(address)
    if problem:
        raise InvalidInput([problem])
    if not is_taken(address):
        asked = PlaceRequest(
            shown_note(declared.get("note")), declared.get("client_id")
        )
        declare_place(address, asked)
    return []
