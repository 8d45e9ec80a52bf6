"""Fields of these pages: the shape of input, nothing more."""

from typing import Any, TypeVar

from flask import request
from flask_babel import lazy_gettext
from wtforms import (
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from idp.admin.pages.client_forms import LONGEST_LINE, LONGEST_TEXT, choices, open_form
from idp.web.browser.reauth_form import reauth_form_values
from idp.web.browser.session import get_session
from idp.web.forms import AtMost, PageForm

TOO_LONG = lazy_gettext("This is too long.")
WHO = (
    ("everyone", lazy_gettext("Everyone who has an account here")),
    ("some", lazy_gettext("Some people only")),
)


F = TypeVar("F", bound=PageForm)


def open_form_of(act: str, kind: type[F], **values: Any) -> F:
    """Return one of a page's forms, as it was held or with the present values.

    ``act`` is what its button does: the page has other forms.
    """
    mine = held_values().get("act") == act
    return open_form(kind, **values) if mine else kind(formdata=None, data=values)


def held_values() -> dict[str, str]:
    """Return what was typed on this page before a proof of identity."""
    return reauth_form_values(get_session()) if request.method == "GET" else {}


def _line(label: Any) -> StringField:
    """Return a field of one line."""
    return StringField(label, [AtMost(LONGEST_LINE, TOO_LONG)])


def _text(label: Any) -> TextAreaField:
    """Return a field of several lines."""
    return TextAreaField(label, [AtMost(LONGEST_TEXT, TOO_LONG)])


class GroupForm(PageForm):
    """What an operator says of a group."""

    name = _line(lazy_gettext("Name"))
    description = _line(lazy_gettext("Description"))


class MemberForm(PageForm):
    """Who comes into a group."""

    login = _line(lazy_gettext("Email or username"))


class RemoveMemberForm(PageForm):
    """Who leaves a group; ``act`` is the button, on the pages with several forms."""

    user_id = HiddenField()


class DeleteGroupForm(PageForm):
    """Delete after typing the name."""

    confirmation = _line(lazy_gettext("Name of the group"))


class AccessForm(PageForm):
    """Who may use an app."""

    who = RadioField(lazy_gettext("Who may use it?"), choices=choices(WHO))
    roles = SelectMultipleField(
        lazy_gettext("Who has one of these roles"), validate_choice=False
    )
    allowed_groups = _text(lazy_gettext("Groups that may use it"))
    allowed_users = _text(lazy_gettext("People who may use it"))


class RoleForm(PageForm):
    """One role of an app, and who has it; ``act`` is the button."""

    name = _line(lazy_gettext("Name"))
    description = _line(lazy_gettext("Description"))
    groups = _text(lazy_gettext("Groups that have it"))
    users = _text(lazy_gettext("People who have it"))
    act = HiddenField()
