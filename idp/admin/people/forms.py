"""Fields of these pages: the shape of input, nothing more."""

from flask_babel import lazy_gettext
from wtforms import HiddenField, SelectMultipleField, StringField

from idp.accounts.access.permissions import Role
from idp.admin.pages.client_forms import LONGEST_LINE, choices
from idp.web.forms import AtMost, PageForm

TOO_LONG = lazy_gettext("This is too long.")


class ActForm(PageForm):
    """A button; what cannot be undone wants the address typed."""

    confirmation = StringField(
        lazy_gettext("Address of the account"), [AtMost(LONGEST_LINE, TOO_LONG)]
    )


class OneForm(PageForm):
    """Which of the things that a page lists: a session, an app, a group."""

    one = HiddenField()


class JoinForm(PageForm):
    """Which group somebody comes into."""

    group = StringField(
        lazy_gettext("Name of the group"), [AtMost(LONGEST_LINE, TOO_LONG)]
    )
    one = HiddenField()


class RolesForm(PageForm):
    """What somebody may do here."""

    roles = SelectMultipleField(
        lazy_gettext("Roles"),
        choices=choices((str(role), str(role)) for role in Role),
    )


class NewPersonForm(PageForm):
    """Who somebody new is; they set their password by a mailed link."""

    email = StringField(lazy_gettext("Email"), [AtMost(LONGEST_LINE, TOO_LONG)])
    username = StringField(
        lazy_gettext("Username (optional)"), [AtMost(LONGEST_LINE, TOO_LONG)]
    )
    name = StringField(
        lazy_gettext("Name (optional)"), [AtMost(LONGEST_LINE, TOO_LONG)]
    )


class NamesForm(PageForm):
    """What an operator may correct; an address is nobody else's to change."""

    name = StringField(lazy_gettext("Name"), [AtMost(LONGEST_LINE, TOO_LONG)])
    given_name = StringField(
        lazy_gettext("Given name"), [AtMost(LONGEST_LINE, TOO_LONG)]
    )
    family_name = StringField(
        lazy_gettext("Family name"), [AtMost(LONGEST_LINE, TOO_LONG)]
    )
    username = StringField(lazy_gettext("Username"), [AtMost(LONGEST_LINE, TOO_LONG)])
