"""For whom something can be decided, as the page of policies asks for it."""

from flask_babel import lazy_gettext
from wtforms import SelectField, StringField

from idp.accounts.policies.keys import Scope
from idp.admin.pages.client_forms import LONGEST_LINE, QueryForm, choices
from idp.web.forms import AtMost

KIND_WORDS = {
    Scope.ROLE: lazy_gettext("Role"),
    Scope.CLIENT: lazy_gettext("App"),
    Scope.ORGANIZATION: lazy_gettext("Organization"),
    Scope.OWNERS: lazy_gettext("Organization, by its owners"),
}


class PlaceForm(QueryForm):
    """For whom else something is to be decided."""

    scope = SelectField(lazy_gettext("For a"), choices=choices(KIND_WORDS.items()))
    scope_id = StringField(
        lazy_gettext("Name or ID"),
        [AtMost(LONGEST_LINE, lazy_gettext("This is too long."))],
    )
