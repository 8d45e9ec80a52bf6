"""The base of every form on a hosted page."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.csrf.core import CSRF
from wtforms.validators import ValidationError

from idp.security.csrf import FIELD, form_token
from idp.web.i18n import page_lang


class BrowserCSRF(CSRF):
    """Puts our browser-bound token into the form.

    ``security.csrf.guard`` has judged the token before any view runs, so a form that
    reaches validation has passed.
    """

    def generate_csrf_token(self, csrf_token_field: Field) -> str:
        """Return the token that the guard will accept."""
        return form_token()

    def validate_csrf_token(self, form: Any, field: Field) -> None:
        """Leave the verdict to the guard."""


class PageForm(FlaskForm):
    """A form with our token instead of Flask-WTF's, which needs Flask's session."""

    class Meta(FlaskForm.Meta):
        """Wire the CSRF class and the page's language."""

        csrf = True
        csrf_class = BrowserCSRF
        csrf_field_name = FIELD

        @property
        def locales(self) -> list[str]:
            """Return the language of WTForms' own messages."""
            return [page_lang()]


class AtMost:
    """Refuse values longer than ``limit`` characters.

    WTForms' ``Length`` would render ``maxlength``, which cuts pasted passwords short
    without a word.
    """

    def __init__(self, limit: int, message: str) -> None:
        self.limit = limit
        self.message = message

    def __call__(self, form: Any, field: Field) -> None:
        """Raise ValidationError when the value is too long."""
        if field.data and len(field.data) > self.limit:
            raise ValidationError(self.message)
