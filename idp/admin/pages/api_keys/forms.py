"""Fields of the page about API keys: the shape of input, nothing more."""

from flask_babel import lazy_gettext
from wtforms import BooleanField, SelectField, StringField

from idp.accounts.access.permissions import Permission
from idp.admin.pages.client_forms import LONGEST_LINE, choices
from idp.web.forms import AtMost, PageForm

DAYS = (
    ("30", lazy_gettext("30 days")),
    ("90", lazy_gettext("90 days")),
    ("365", lazy_gettext("A year")),
)


class NewKeyForm(PageForm):
    """What a key is to be; there is a box for each permission besides."""

    name = StringField(
        lazy_gettext("Name"),
        [AtMost(LONGEST_LINE, lazy_gettext("This is too long."))],
    )
    days = SelectField(
        lazy_gettext("It works for"), choices=choices(DAYS), default="90"
    )
    dangerous = BooleanField(
        lazy_gettext("I mean it: this key may do what is for owners alone")
    )


def box_of(permission: Permission) -> str:
    """Return the name of a permission's box."""
    return f"may.{permission}"


for each in Permission:
    setattr(NewKeyForm, box_of(each), BooleanField(each.value))
