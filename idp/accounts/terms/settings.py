"""Settings of what people accept before they use an account."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from idp.core.settings.declared import setting

VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def _check_url(value: str) -> str | None:
    """Return why ``value`` is no page that everybody can read, or None."""
    wrong = f"must be a URL like https://example.com/terms, not {value!r}"
    try:
        parts = urlsplit(value)
    except ValueError:
        return wrong
    plain = value.isascii() and value.isprintable() and " " not in value
    good = plain and parts.scheme == "https" and parts.hostname and not parts.username
    return None if good else wrong


def _check_version(value: str) -> str | None:
    """Return why ``value`` cannot name a version, or None."""
    if VERSION.fullmatch(value):
        return None
    return f"must be like 2 or 2026-11-01, at most 64 characters, not {value!r}"


@dataclass(frozen=True)
class TermsSettings:
    """Where the documents are, and which version of each has to be accepted."""

    terms_url: str | None = setting(
        None,
        check=_check_url,
        doc="Page of the terms of service. With it people accept them before they use "
        "an account: when they sign up, or at the next sign-in.",
    )
    terms_version: str = setting(
        "1",
        check=_check_version,
        doc="Version of the terms. Another one has to be accepted again.",
    )
    privacy_url: str | None = setting(
        None,
        check=_check_url,
        doc="Page of the privacy policy, which is accepted as the terms are.",
    )
    privacy_version: str = setting(
        "1",
        check=_check_version,
        doc="Version of the privacy policy. Another one has to be accepted again.",
    )
