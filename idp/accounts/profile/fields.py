"""What the fields of a profile may hold (OIDC Core §5.1).

Each function takes what was sent and returns what is stored; ``Unfit`` says
why a value is not taken. An empty value of any field clears it, but for the username:
that goes by null alone.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from idp.accounts.names import name_problem, username_problem
from idp.accounts.profile.web_addresses import (
    MAX_LENGTH,
    AddressFlaw,
    UnfitAddress,
    canonical_address,
)
from idp.core.clock import utcnow
from idp.core.errors import FieldError
from idp.core.text import as_number, is_shown, without_ignorable

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
# The year first, which all read the same: 1985-04-12, 1985/4/12, 1985年4月12日.
BIRTHDATE = re.compile(
    r"([0-9]{4})(?: ?[-/. 年] ?([0-9]{1,2}) ?[-/. 月] ?([0-9]{1,2})日?)?年?"
)
EASTERNMOST = timedelta(hours=14)  # there a day begins first
# The parts of RFC 5646 §2.1 that people use: language, script, region, variants.
LOCALE = re.compile(
    r"[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?(?:-[a-z0-9]{5,8})*",
    re.IGNORECASE,
)
A_LEAP_YEAR = 2000


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
    if not is_shown(value):
        raise Unfit("invalid", "text.invalid")
    return value


def _person_name(value: str) -> str:
    """Return a name or a part of one."""
    return _agreed(value, name_problem(value))


def _username(value: str) -> str:
    """Return a username; whether it is free is for the database to say."""
    typed = without_ignorable(value)
    return _agreed(typed, username_problem(typed))


def _agreed(value: str, problem: FieldError | None) -> str:
    """Return a value that a rule of names has no problem with."""
    if problem:
        raise Unfit(problem.code, problem.word, **problem.values)
    return value


def _web_address(value: str) -> str:
    """Return an https URL with a host; never fetched, shown as a link or picture."""
    try:
        return canonical_address(value)
    except UnfitAddress as unfit:
        if unfit.flaw is AddressFlaw.TOO_LONG:
            raise Unfit("too_long", "text.too_long", max=MAX_LENGTH) from unfit
        raise Unfit("invalid", f"url.{unfit.flaw}") from unfit


def _gender(value: str) -> str:
    """Return free text: the claim has no closed list."""
    return _short_text(value, most=MAX_GENDER)


def _birthdate(value: str) -> str:
    """Return ``YYYY-MM-DD``, ``0000-MM-DD`` (the year untold) or ``YYYY``."""
    parts = BIRTHDATE.fullmatch(as_number(value))
    if not parts or parts[0] == "0000":
        raise Unfit("invalid", "birthdate.invalid")
    year, month, day = parts.groups(default="1")
    try:
        born = date(int(year) or A_LEAP_YEAR, int(month), int(day))
    except ValueError as error:
        raise Unfit("invalid", "birthdate.invalid") from error
    if year != "0000" and born > (utcnow() + EASTERNMOST).date():
        raise Unfit("invalid", "birthdate.to_come")
    return f"{year}-{born:%m-%d}" if parts[2] else year


def _phone_number(value: str) -> str:
    """Return a number with its country code, spaced as it was typed."""
    typed = as_number(value)
    number = typed.partition(";")[0]
    digits = sum(character.isdigit() for character in number)
    fits = FEWEST_PHONE_DIGITS <= digits <= MOST_PHONE_DIGITS
    if not PHONE.fullmatch(typed) or not fits or len(typed) > MAX_PHONE:
        raise Unfit("invalid", "phone_number.invalid")
    return typed


def _locale(value: str) -> str:
    """Return a language tag (BCP 47); an underscore becomes a dash."""
    tag = as_number(value).replace("_", "-")
    if len(tag) > MAX_LOCALE or not LOCALE.fullmatch(tag):
        raise Unfit("invalid", "locale.invalid")
    return tag


def _zoneinfo(value: str) -> str:
    """Return the name of a time zone (IANA)."""
    zone = without_ignorable(value)
    if zone not in _time_zones():
        raise Unfit("invalid", "zoneinfo.invalid")
    return zone


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


def taken_of(values: Mapping[str, object]) -> dict[str, Any]:
    """Return what is stored of several fields; what a field does not take is left out.

    And what it takes for none.
    """
    stored = {}
    for field, value in values.items():
        with suppress(Unfit):
            stored[field] = accepted(field, value)
    return {field: value for field, value in stored.items() if value is not None}


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


def time_zone_choices() -> list[str]:
    """Return the time zones to choose from, by name."""
    return sorted(filter(_is_place, _time_zones()))


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


def _is_place(zone: str) -> bool:
    """Tell whether a zone is named by a region and a place, not for old programs."""
    return "/" in zone and not zone.startswith(("Etc/", "SystemV/", "US/"))
