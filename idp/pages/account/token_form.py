"""Fields of the page that makes a personal access token."""

from typing import Any

from flask_babel import lazy_gettext, ngettext
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from idp.oauth.personal_tokens.registry import OfferedApi
from idp.pages.authorization.scope_words import scope_words
from idp.web.forms import PageForm, line_limit, trimmed

DAYS = (7, 30, 90, 180, 365)


class NewTokenForm(PageForm):
    """What a token is to be; ``scope`` has a box for each value of its API."""

    resource = HiddenField()
    name = StringField(lazy_gettext("Name"), [line_limit()], filters=[trimmed])
    days = SelectField(lazy_gettext("It works for"), default="90")
    scope = SelectMultipleField(
        lazy_gettext("What it may do"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    @classmethod
    def of(cls, api: OfferedApi, **given: Any) -> "NewTokenForm":
        """Return the form of one API."""
        form = cls(**given)
        form.resource.data = api.identifier
        form.days.choices = [
            SelectChoice(str(days), ngettext("%(num)s day", "%(num)s days", days))
            for days in DAYS
        ]
        form.scope.choices = [
            SelectChoice(name, scope_words(api.scopes, name)) for name in api.scopes
        ]
        return form

    def kept(self) -> dict[str, str]:
        """Return what was typed, as texts."""
        return {
            "resource": self.resource.data,
            "name": self.name.data or "",
            "days": self.days.data,
            "scope": " ".join(self.scope.data or ()),
        }
