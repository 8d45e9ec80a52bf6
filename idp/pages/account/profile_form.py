"""The fields of the profile page; ``profile_fields`` says what they may hold."""

from typing import Any

from flask_babel import lazy_gettext
from wtforms import StringField, TextAreaField

from idp.accounts.profile.fields import MAX_URL
from idp.pages.forms import line_limit, trimmed
from idp.web.forms import AtMost, PageForm

ADDRESS_FIELDS = ("street_address", "locality", "region", "postal_code", "country")


def line(label: str, **kwargs: Any) -> StringField:
    """Return a field of one line."""
    return StringField(label, [line_limit()], filters=[trimmed], **kwargs)


def url(label: str) -> StringField:
    """Return a field of one long line."""
    limit = AtMost(MAX_URL, lazy_gettext("This is too long."))
    return StringField(label, [limit], filters=[trimmed])


class ProfileForm(PageForm):
    """Fields of POST /account/profile; none of them is required."""

    name = line(lazy_gettext("Name"))
    given_name = line(lazy_gettext("Given name"))
    family_name = line(lazy_gettext("Family name"))
    nickname = line(lazy_gettext("Nickname"))
    username = line(lazy_gettext("Username"))
    picture = url(lazy_gettext("Picture"))
    website = url(lazy_gettext("Website"))
    gender = line(lazy_gettext("Gender"))
    birthdate = line(lazy_gettext("Birthdate"))
    phone_number = line(lazy_gettext("Phone number"))
    street_address = TextAreaField(
        lazy_gettext("Street address"), [line_limit()], filters=[trimmed]
    )
    locality = line(lazy_gettext("City"))
    region = line(lazy_gettext("State or region"))
    postal_code = line(lazy_gettext("Postal code"))
    country = line(lazy_gettext("Country"))
    locale = line(lazy_gettext("Language"))
    zoneinfo = line(lazy_gettext("Time zone"))
