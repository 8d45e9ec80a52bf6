"""Settings of accounts: who may register, how long sessions and links live."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from idp.core.settings.declared import setting

COOKIE_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")  # RFC 6265 §4.1.1

HOST = re.compile(r"(?=.{1,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*")

A_POLICY = "A policy, unless given here."


def _check_cookie_name(value: str) -> str | None:
    """Return why ``value`` can be no cookie's name, or None."""
    if not COOKIE_NAME.fullmatch(value):
        return "must be letters, digits, - and _, at most 64"
    return None


def _check_domains(values: tuple[str, ...]) -> str | None:
    """Return which of ``values`` is no domain, or None."""
    for value in values:
        if "." not in value or not HOST.fullmatch(value):
            return (
                "must have domains like example.com, in lower case and in the letters "
                f"of the DNS, not {value!r}"
            )
    return None


def _check_rp_id(value: str) -> str | None:
    """Return why ``value`` cannot be an RP ID (WebAuthn §4), or None."""
    if not HOST.fullmatch(value):
        return f"must be a host like example.com, in lower case, not {value!r}"
    return None


def _check_origins(values: tuple[str, ...]) -> str | None:
    """Return which of ``values`` is no origin that passkeys work on, or None."""
    for value in values:
        parts = urlsplit(value)
        secure = parts.scheme == "https" or parts.hostname == "localhost"
        plain = f"{parts.scheme}://{parts.netloc}" == value == value.lower()
        if not (parts.hostname and secure and plain):
            return f"must have origins like https://login.example.com, not {value!r}"
    return None


@dataclass(frozen=True)
class AccountsSettings:
    """Policies and lifetimes of accounts."""

    account_privacy: str = setting(
        "open",
        choices=("open", "private"),
        doc="`open`: registration says when an address is taken. `private`: it never "
        "tells; the owner learns by mail.",
    )
    registration: str = setting(
        "open",
        choices=("open", "approval", "waitlist", "invite", "closed"),
        doc=f"Who may create an account. {A_POLICY}",
    )
    registration_domains: tuple[str, ...] = setting(
        (),
        check=_check_domains,
        doc=f"Domains that new accounts have their addresses at. {A_POLICY}",
        default_doc="any",
    )
    registration_name: str = setting(
        "optional",
        choices=("optional", "required", "off"),
        doc="Whether the sign-up page asks for a name. `required`: it wants one, and "
        "no edit of a profile takes the name away.",
    )
    reserved_usernames: tuple[str, ...] = setting(
        (
            "abuse",
            "admin",
            "administrator",
            "hostmaster",
            "info",
            "mail",
            "no-reply",
            "noreply",
            "postmaster",
            "root",
            "security",
            "support",
            "system",
            "webmaster",
        ),
        doc="Usernames that nobody gives themselves, in any case and script form; "
        "operators may give them out.",
    )
    identifier_first: bool = setting(
        False,
        doc="Ask who signs in on one page and show the ways in on the next. "
        f"{A_POLICY}",
    )
    require_verified_email: bool = setting(
        True,
        doc=f"Sign-ins at apps wait until the email address is confirmed. {A_POLICY}",
    )
    password_min_length: int = setting(
        12, minimum=8, doc="Fewest characters of a new password."
    )
    session_idle_seconds: int = setting(
        2 * 3600,
        minimum=60,
        doc="A browser session ends after this time unused, and with it the grants "
        f"without `offline_access`. A refresh of one of these is a use. {A_POLICY}",
    )
    session_lifetime_seconds: int = setting(
        24 * 3600,
        minimum=60,
        doc=f"A browser session ends at the latest after this. {A_POLICY}",
    )
    session_remember_seconds: int = setting(
        30 * 86400, minimum=60, doc="The same when a person chose to stay signed in."
    )
    refresh_cookie_name: str = setting(
        "refresh_token",
        check=_check_cookie_name,
        doc="Cookie that holds the refresh token of a page's script in cookies mode. "
        "On a loopback issuer `-` and its port follow.",
    )
    verification_link_seconds: int = setting(
        24 * 3600, minimum=60, doc="How long a mailed confirmation link and code work."
    )
    password_reset_seconds: int = setting(
        30 * 60, minimum=60, doc="How long a mailed link to a new password works."
    )
    webauthn_rp_id: str = setting(
        "",
        check=_check_rp_id,
        doc="RP ID of passkeys: the host that they are made for. When the server moves "
        "to another host it stays, or no passkey works any more. If it is not the "
        "issuer's host, nor a domain above that, browsers ask it for "
        "`/.well-known/webauthn`: let it be one of `IDP_HOST_ALIASES`.",
        default_doc="the issuer's host",
    )
    webauthn_origins: tuple[str, ...] = setting(
        (),
        check=_check_origins,
        doc="Origins whose pages passkeys may be used on, with the issuer's. They are "
        "told at `/.well-known/webauthn`.",
        default_doc="the issuer",
    )
    sign_in_link_seconds: int = setting(
        10 * 60, minimum=60, doc="How long a sign-in link works."
    )
    bootstrap_admin_email: str = setting(
        "admin@example.com",
        doc="Address of the admin that the first start makes; it counts as verified.",
    )
    bootstrap_admin_password: str | None = setting(
        None,
        secret=True,
        doc="Password of that admin; without it a one-time password is printed.",
    )
