"""What the fields of a profile may hold (OIDC Core §5.1). Pure.

Each function takes what was sent and returns what is stored; ``Unfit`` says
why a value is not taken. An empty value of any field clears it, but for the username:
that goes by null alone.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from idp.accounts.names import (
    BIDI_CONTROLS,
    name_problem,
    username_problem,
)
from idp.core.errors import FieldError
from idp.core.text import is_line

MAX_URL = 2048
MAX_GENDER = 64
MAX_LOCALE = 35
MAX_PHONE = 32
MAX_ADDRESS_MEMBER = 500
FEWEST_PHONE_DIGITS, MOST_PHONE_DIGITS = 6, 15
ADDRESS_MEMBERS = (
    "formatted",
    "street_address",
    "locality",
    "region",
    "postal_code",
    "country",
)
# E.164 as people write it, with an extension as in RFC 3966 §3.
PHONE = re.compile(r"\+[0-9][0-9 ().\-/]*(?:;ext=[0-9]{1,8})?")
BIRTHDATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}-[0-9]{2}))?")
# The parts of RFC 5646 §2.1 that people use: language, script, region, variants.
LOCALE = re.compile(
    r"[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?(?:-[a-z0-9]{5,8})*",
    re.IGNORECASE,
)
A_LEAP_YEAR = "2000"


class Unfit(Exception):
    """A value that a field does not take: a stable code, and which words say so.

    ``member`` names the part of an address that is meant.
    """

    def __init__(self, code: str, word: str, **values: object) -> None:
        super().__init__(word)
        self.code = code
        self.word = word
        self.values = values
        self.member: str | None = None

    def error_of(self, field: str) -> FieldError:
        """Return it as the error of ``field``."""
        name = f"{field}.{self.member}" if self.member else field
        return FieldError(name, self.code, word=self.word, values=self.values)


def _short_text(value: str, *, most: int) -> str:
    """Return a line of free text."""
    if len(value) > most:
        raise Unfit("too_long", "text.too_long", max=most)
    if not is_line(value) or any(c in BIDI_CONTROLS for c in value):
        raise Unfit("invalid", "text.invalid")
    return value


def _person_name(value: str) -> str:
    """Return a name or a part of one."""
    return _agreed(value, name_problem(value))


def _username(value: str) -> str:
    """Return a username; whether it is free is for the database to say."""
    return _agreed(value, username_problem(value))


def _agreed(value: str, problem: FieldError | None) -> str:
    """Return a value that a rule of names has no problem with."""
    if problem:
        raise Unfit(problem.code, problem.word, **problem.values)
    return value


def _web_address(value: str) -> str:
    """Return an https URL with a host; never fetched, shown as a link or picture."""
    word = "url.invalid"
    if len(value) > MAX_URL:
        raise Unfit("too_long", "text.too_long", max=MAX_URL)
    if not value.isascii() or not value.isprintable() or set(value) & set(' "<>\\`'):
        raise Unfit("invalid", word)
    try:
        parts = urlsplit(value)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError as error:
        raise Unfit("invalid", word) from error
    if parts.scheme != "https" or not named or "@" in parts.netloc:
        raise Unfit("invalid", word)
    return value


def _gender(value: str) -> str:
    """Return free text: the claim has no closed list."""
    return _short_text(value, most=MAX_GENDER)


def _birthdate(value: str) -> str:
    """Return ``YYYY-MM-DD``, ``0000-MM-DD`` (the year untold) or ``YYYY``."""
    word = "birthdate.invalid"
    parts = BIRTHDATE.fullmatch(value)
    if not parts or value == "0000":
        raise Unfit("invalid", word)
    year, day = parts.groups()
    if day:
        try:
            date.fromisoformat(f"{A_LEAP_YEAR if year == '0000' else year}-{day}")
        except ValueError as error:
            raise Unfit("invalid", word) from error
    return value


def _phone_number(value: str) -> str:
    """Return a number with its country code, spaced as it was typed."""
    number = value.partition(";")[0]
    digits = sum(character.isdigit() for character in number)
    fits = FEWEST_PHONE_DIGITS <= digits <= MOST_PHONE_DIGITS
    if not PHONE.fullmatch(value) or not fits or len(value) > MAX_PHONE:
        raise Unfit("invalid", "phone_number.invalid")
    return value


def _locale(value: str) -> str:
    """Return a language tag (BCP 47); an underscore becomes a dash."""
    tag = value.replace("_", "-")
    if len(tag) > MAX_LOCALE or not LOCALE.fullmatch(tag):
        raise Unfit("invalid", "locale.invalid")
    return tag


def _zoneinfo(value: str) -> str:
    """Return the name of a time zone (IANA)."""
    if value not in _time_zones():
        raise Unfit("invalid", "zoneinfo.invalid")
    return value


@cache
def _time_zones() -> frozenset[str]:
    """Return the names of all time zones."""
    return frozenset(available_timezones() - {"Factory", "localtime"})


TEXT_FIELDS: Mapping[str, Callable[[str], str]] = {
    "name": _person_name,
    "given_name": _person_name,
    "middle_name": _person_name,
    "family_name": _person_name,
    "nickname": _person_name,
    "username": _username,
    "profile": _web_address,
    "picture": _web_address,
    "website": _web_address,
    "gender": _gender,
    "birthdate": _birthdate,
    "phone_number": _phone_number,
    "locale": _locale,
    "zoneinfo": _zoneinfo,
}
FIELDS = (*TEXT_FIELDS, "address")


def accepted(field: str, value: object) -> str | dict[str, Any] | None:
    """Return what is stored when ``value`` is sent for ``field``; raises Unfit."""
    if value is None:
        return None
    if field == "address":
        if not isinstance(value, Mapping):
            raise Unfit("invalid_type", "address.invalid_type")
        return _address(value)
    if not isinstance(value, str):
        raise Unfit("invalid_type", "text.invalid_type")
    text = value.strip()
    if field == "username" and not text:
        raise Unfit("invalid", "username.empty")
    return TEXT_FIELDS[field](text) if text else None


def profile_problem(field: str, value: object) -> FieldError | None:
    """Say why ``field`` does not take ``value``, or None."""
    try:
        accepted(field, value)
    except Unfit as unfit:
        return unfit.error_of(field)
    return None


def _address(value: Mapping[str, object]) -> dict[str, Any] | None:
    """Return a postal address of the members of OIDC Core §5.1.1; None if all empty."""
    members: dict[str, Any] = {}
    for name, text in value.items():
        try:
            members[name] = _address_member(name, text)
        except Unfit as unfit:
            unfit.member = name
            raise
    return {name: text for name, text in members.items() if text} or None


def _address_member(name: str, value: object) -> str | None:
    """Return one part of an address; only here may text have several lines."""
    if name not in ADDRESS_MEMBERS:
        raise Unfit("unknown_field", "profile.unknown_field")
    if value is None:
        return None
    if not isinstance(value, str):
        raise Unfit("invalid_type", "text.invalid_type")
    lines = value.replace("\r\n", "\n").strip().split("\n")
    if len(value) > MAX_ADDRESS_MEMBER:
        raise Unfit("too_long", "text.too_long", max=MAX_ADDRESS_MEMBER)
    return "\n".join(_short_text(line, most=MAX_ADDRESS_MEMBER) for line in lines)
