"""The field that takes the code of a second factor."""

from flask_babel import lazy_gettext
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired

from idp.pages.forms import typed_code
from idp.web.forms import PageForm, line_limit


class FactorForm(PageForm):
    """A code; ``method`` says by which way it was made."""

    code = StringField(
        lazy_gettext("Code"),
        [DataRequired(lazy_gettext("Enter the code.")), line_limit()],
        filters=[typed_code],
    )
    method = HiddenField()
    trust = BooleanField()  # what it says names the days
