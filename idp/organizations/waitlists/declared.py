"""Who waits for a feature, declared in a file (``--seed``)."""

from collections.abc import Mapping
from typing import Any

from idp.accounts.errors import InvalidInput
from idp.accounts.users import find_by_login
from idp.core.errors import FieldError
from idp.core.text import worded
from idp.organizations.contexts.places import acting_in
from idp.organizations.lifecycle.declared import declared_place
from idp.organizations.waitlists.entries import Waiter, sign_up

FIELDS = frozenset({"feature", "user", "organization"})


def apply_waitlist_entry(declared: Mapping[str, Any]) -> list[str]:
    """Have a declared user wait for a feature; who does already keeps the place.

    ``user`` is an address or username, ``organization`` the slug of one that they are
    in, their personal one without. Raises InvalidInput, and what ``sign_up`` does.
    """
    unknown = sorted(declared.keys() - FIELDS)
    if unknown:
        raise InvalidInput([FieldError(unknown[0], "invalid", worded("not supported"))])
    login = str(declared.get("user", ""))
    user = find_by_login(login)
    if user is None:
        message = worded("there is no user %(login)s", login=login)
        raise InvalidInput([FieldError("user", "invalid", message)])
    place = declared_place(declared)
    at = acting_in(user.id, place.id if place else None)
    if place and at != place.id:
        message = worded("this user is not in it")
        raise InvalidInput([FieldError("organization", "invalid", message)])
    sign_up(Waiter(user.id, at), str(declared.get("feature", "")))
    return []
