"""The form of the server's branding: kept on one page, and shown by another."""

from collections.abc import Mapping

from flask import request
from flask_babel import lazy_gettext
from wtforms import BooleanField, FileField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from idp.administration.branding.changes import NewLogo, Which
from idp.core.branding.instance import LINKS, InstanceBranding
from idp.core.errors import FieldError
from idp.core.pictures.bitmaps import PictureRefused
from idp.core.pictures.logos import read_logo
from idp.web.forms import PageForm, line_limit, trimmed

SIGN_IN, SIGN_UP, ACCOUNT, MAIL = "sign_in", "sign_up", "account", "mail"
PAGES = [
    SelectChoice(SIGN_IN, lazy_gettext("Sign-in page")),
    SelectChoice(SIGN_UP, lazy_gettext("Sign-up page")),
    SelectChoice(ACCOUNT, lazy_gettext("Account page")),
    SelectChoice(MAIL, lazy_gettext("Mail")),
]
SCHEMES = [
    SelectChoice("light", lazy_gettext("Light")),
    SelectChoice("dark", lazy_gettext("Dark")),
]
LOGOS: tuple[Which, ...] = ("logo", "dark_logo")


def _line(label: str) -> StringField:
    """Return a field of one line."""
    return StringField(label, [line_limit()], filters=[trimmed])


class InstanceBrandingForm(PageForm):
    """What the server is called and how it looks; ``shown`` is for the preview."""

    name = _line(lazy_gettext("Name"))
    colour = _line(lazy_gettext("Colour"))
    logo = FileField(lazy_gettext("Logo"))
    remove_logo = BooleanField(lazy_gettext("Remove the logo"))
    dark_logo = FileField(lazy_gettext("Logo on dark pages"))
    remove_dark_logo = BooleanField(lazy_gettext("Remove the logo on dark pages"))
    website_uri = _line(lazy_gettext("Website"))
    support_uri = _line(lazy_gettext("Help"))
    privacy_uri = _line(lazy_gettext("Privacy policy"))
    terms_uri = _line(lazy_gettext("Terms of service"))
    shown = SelectField(lazy_gettext("Page"), choices=PAGES, validate_choice=False)
    theme = SelectField(
        lazy_gettext("Appearance"), choices=SCHEMES, validate_choice=False
    )


def typed_branding(form: InstanceBrandingForm) -> InstanceBranding:
    """Return what is typed, without the logos; the rule judges it."""
    links = {name: form[name].data or "" for name in LINKS}
    return InstanceBranding(form.name.data, form.colour.data, links=links)


def sent_logos(
    form: InstanceBrandingForm,
) -> tuple[Mapping[Which, NewLogo], list[FieldError]]:
    """Return the logos that are to change, and what is wrong with files."""
    logos: dict[Which, NewLogo] = {}
    errors: list[FieldError] = []
    for which in LOGOS:
        sent = request.files.get(which)
        upload = sent.read() if sent else b""
        try:
            if upload:
                logos[which] = NewLogo(read_logo(upload))
            elif form[f"remove_{which}"].data:
                logos[which] = NewLogo(None)
        except PictureRefused as refusal:
            errors += [FieldError(which, e.code, e.message) for e in refusal.errors]
    return logos, errors
