"""The base of every form on a hosted page."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from werkzeug.exceptions import UnsupportedMediaType
from wtforms import Field
from wtforms.csrf.core import CSRF
from wtforms.meta import DefaultMeta
from wtforms.validators import DataRequired, ValidationError

from idp.core.languages import SOURCE_LANGUAGE
from idp.web.browser.csrf import FIELD, form_token
from idp.web.browser.late_forms import typed_late
from idp.web.http.negotiation import FORMS, READS
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

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Return the fields that were sent; a file is none, and JSON is no form.

            Of one that came late they are shown on its page.

            Flask-WTF would put files into fields of text, and read JSON like a form.
            """
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            if request.method in READS:
                return typed_late(form)
            if request.mimetype not in FORMS and request.get_data():
                raise UnsupportedMediaType
            return _sent_fields(form)

        @property
        def locales(self) -> list[str]:
            """Return the language of WTForms' own messages, or that of their source."""
            return [page_lang().replace("-", "_"), SOURCE_LANGUAGE]

        def get_translations(self, form: Any) -> Any:
            """Return those messages, which WTForms reads once for each language.

            Flask-WTF reads its catalogue at each request, and any field without a
            label asks for it.
            """
            return DefaultMeta.get_translations(self, form)


LONGEST_LINE = 1000  # the rules say what is too long; this bounds their work


def trimmed(value: Any) -> Any:
    """Return a typed value without the white space that pasting leaves around it."""
    return value.strip() if isinstance(value, str) else value


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


def line_limit() -> AtMost:
    """Bound what the rules have to look at."""
    return AtMost(LONGEST_LINE, lazy_gettext("This is too long."))


def require(field: Field) -> None:
    """Have a form ask for a field that it could be sent without."""
    field.validators = [
        DataRequired(lazy_gettext("This field is required.")),
        *field.validators,
    ]
    field.flags.required = True


def _sent_fields(form: Any) -> MultiDict[str, Any]:
    """Return the fields of the request, files only for fields that take them."""
    takes_files = any(
        getattr(field, "field_class", None) is FileField
        for _, field in getattr(form, "_unbound_fields", None) or ()
    )
    if takes_files and request.files:
        return CombinedMultiDict([request.files, request.form])
    return request.form
