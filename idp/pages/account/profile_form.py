"""The fields of the profile page; ``profile_fields`` says what they may hold."""

from typing import Any

from flask_babel import lazy_gettext
from wtforms import StringField, TextAreaField

from idp.accounts.profile.web_addresses import MAX_LENGTH
from idp.pages.forms import line_limit, trimmed
from idp.web.forms import AtMost, PageForm

ADDRESS_FIELDS = ("street_address", "locality", "region", "postal_code", "country")


def _line(label: str, **kwargs: Any) -> StringField:
    """Return a field of one line."""
    return StringField(label, [line_limit()], filters=[trimmed], **kwargs)


def _url(label: str) -> StringField:
    """Return a field of one long line."""
    limit = AtMost(MAX_LENGTH, lazy_gettext("This is too long."))
    return StringField(label, [limit], filters=[trimmed])


class ProfileForm(PageForm):
    """Fields of POST /account/profile; none of them is required."""

    name = _line(lazy_gettext("Name"))
    given_name = _line(lazy_gettext("Given name"))
    middle_name = _line(lazy_gettext("Middle name"))
    family_name = _line(lazy_gettext("Family name"))
    nickname = _line(lazy_gettext("Nickname"))
    username = _line(lazy_gettext("Username"))
    profile = _url(lazy_gettext("Profile page"))
    picture = _url(lazy_gettext("Picture"))
    website = _url(lazy_gettext("Website"))
    gender = _line(lazy_gettext("Gender"))
    birthdate = _line(lazy_gettext("Birthdate"))
    phone_number = _line(lazy_gettext("Phone number"))
    street_address = TextAreaField(
        lazy_gettext("Street address"), [line_limit()], filters=[trimmed]
    )
    locality = _line(lazy_gettext("City"))
    region = _line(lazy_gettext("State or region"))
    postal_code = _line(lazy_gettext("Postal code"))
    country = _line(lazy_gettext("Country"))
    locale = _line(lazy_gettext("Language"))
    zoneinfo = _line(lazy_gettext("Time zone"))
