"""Fields of the pages about organizations: the shape of input, nothing more."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext
from wtforms import (
    BooleanField,
    FileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice

from idp.core.errors import FieldError
from idp.web.forms import AtMost, PageForm
from idp.web.words import message_of

LONGEST_LINE = 2048
LONGEST_TEXT = 16 * 1024
TOO_LONG = lazy_gettext("This is too long.")
ROLE_WORDS = {
    "owner": lazy_gettext("Owner"),
    "admin": lazy_gettext("Admin"),
    "member": lazy_gettext("Member"),
}


def _trimmed(value: Any) -> Any:
    """Return a typed value without the white space that pasting leaves around it."""
    return value.strip() if isinstance(value, str) else value


def line_field(label: Any) -> StringField:
    """Return a field of one line."""
    return StringField(label, [AtMost(LONGEST_LINE, TOO_LONG)], filters=[_trimmed])


def text_field(label: Any) -> TextAreaField:
    """Return a field of several lines."""
    return TextAreaField(label, [AtMost(LONGEST_TEXT, TOO_LONG)])


class DescriptionForm(PageForm):
    """What an organization is called."""

    name = line_field(lazy_gettext("Name of the organization"))
    slug = line_field(lazy_gettext("Short name"))
    logo_uri = line_field(lazy_gettext("Link to a logo"))


class LogoForm(DescriptionForm):
    """The same, and the logo as a file."""

    logo = FileField(lazy_gettext("Logo"))
    remove_logo = BooleanField(lazy_gettext("Remove the logo"))


class OrganizationRoleForm(PageForm):
    """A role that an organization names itself."""

    name = line_field(lazy_gettext("Role"))
    permissions = text_field(lazy_gettext("What it lets people do"))


class MemberRolesForm(PageForm):
    """What a member is to be: one role of ours, and some of the organization."""

    role = RadioField(
        lazy_gettext("Role in the organization"),
        choices=[SelectChoice(value, word) for value, word in ROLE_WORDS.items()],
        validate_choice=False,
    )
    own_roles = SelectMultipleField(
        lazy_gettext("Roles in apps"), validate_choice=False
    )


class JoiningForm(PageForm):
    """Who is to be a member."""

    login = line_field(lazy_gettext("Email or username"))


class NameTypedForm(PageForm):
    """The name of what is to go, typed by who means it."""

    confirmation = line_field(lazy_gettext("Name, to confirm"))


class DomainNameForm(PageForm):
    """A domain that an organization says is its own."""

    domain = line_field(lazy_gettext("Domain"))


class DomainProofForm(PageForm):
    """Who is mailed the question whose a domain is."""

    mailbox = SelectField(lazy_gettext("Address"), validate_choice=False)


class DomainUseForm(PageForm):
    """What people with an address at a domain may, and have to."""

    auto_join = BooleanField(
        lazy_gettext(
            "People with a confirmed address there become members by themselves"
        )
    )
    provider = SelectField(lazy_gettext("How they sign in"), validate_choice=False)


def show_errors(form: PageForm, errors: Iterable[FieldError]) -> None:
    """Put what a rule refused beside its field; the rest on top of the form."""
    for error in errors:
        if error.field in form:
            field = form[error.field]
            field.errors = [*field.errors, message_of(error)]
        else:
            form.form_errors.append(message_of(error))
