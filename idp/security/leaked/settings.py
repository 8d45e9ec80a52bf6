"""Settings of the check for leaked passwords."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from idp.core.settings.declared import setting
from idp.security.leaked.filters import InvalidFilter, LeakFilter


def _check_filter(value: str) -> str | None:
    """Return why there is no filter at ``value``, or None."""
    try:
        LeakFilter.open(Path(value)).held.close()
    except InvalidFilter:
        return f"is no file that `idp passwords build` made: {value!r}"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    return None


def _check_url(value: str) -> str | None:
    """Return why ``value`` is no address of a range API, or None."""
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        return f"must be an https URL without a query, not {value!r}"
    return None


@dataclass(frozen=True)
class LeakedPasswordsSettings:
    """What new passwords are compared with."""

    breached_passwords: str = setting(
        "offline",
        choices=("off", "offline", "range"),
        doc="Whether passwords that leaked elsewhere are refused. `offline`: those in "
        "a list on this machine, with or without signs and digits around them. "
        "`range`: also those that an API of leaked passwords knows, which is told five "
        "characters of a hash; while it cannot be reached the list alone counts.",
    )
    breached_passwords_file: str = setting(
        "",
        check=_check_filter,
        doc="Another list, which `idp passwords build` has made.",
        default_doc="the 30,000 worst",
    )
    breached_passwords_url: str = setting(
        "https://api.pwnedpasswords.com",
        check=_check_url,
        doc="Where the range API is: that of Have I Been Pwned, or a mirror of it.",
    )
