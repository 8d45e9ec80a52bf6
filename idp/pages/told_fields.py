"""Forms that ask for what policies and attributes want to be told of a user."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

from idp.accounts.profile.rules import FieldRules
from idp.accounts.registration.new_account import NewAccount
from idp.pages.forms import RegisterForm
from idp.web.forms import PageForm, require
from idp.web.user_fields.controls import (
    ADDRESS,
    control_names,
    controls_of,
    told_in,
)

F = TypeVar("F", bound=PageForm)
# What a person is called by is asked first, as in a letter.
NAMES = ("name", "given_name", "middle_name", "family_name", "nickname")
USERNAME = "username"


def form_asking(
    kind: type[F],
    names: Iterable[str],
    *,
    needed: Collection[str],
    stored: Mapping[str, Any] | None = None,
    **values: Any,
) -> F:
    """Return a form with controls for some fields; ``needed`` ones have to be told.

    Of an address any part will do. ``stored`` is what there is by name.
    """
    asked = list(names)
    controls = controls_of(asked, needed=needed, stored=stored)
    form: F = type(f"{kind.__name__}Asking", (kind,), controls)(**values)
    for name in asked:
        if name in needed and name != ADDRESS:
            for control in control_names(name):
                require(form[control])
    return form


def asked_at_sign_up(rules: FieldRules) -> list[str]:
    """Return what a sign-up asks for, but the username: it has a place of its own."""
    return [name for name in rules.at_sign_up if name != USERNAME]


def controls_in(form: PageForm, names: Iterable[str]) -> list[str]:
    """Return the controls of some fields that a form has."""
    found = (control for name in names for control in control_names(name))
    return [control for control in found if control in form]


def wanted_by(form: RegisterForm) -> NewAccount:
    """Return the form's fields as the rule takes them."""
    fields, attributes = told_in(form)
    wanted = NewAccount(
        form.email.data or "",
        form.password.data,
        attributes=attributes,
        accepted=form.accepted,
    )
    return wanted.saying(fields)
