"""What we write to people: one function for each message.

Each returns subject, text and HTML of the same words, for ``outbox.enqueue``. They work
within a request and in commands. A message carries its link and its code and no other
secret, and never the network address of who asked.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from unicodedata import normalize

from flask import current_app
from flask_babel import (
    force_locale,
    format_timedelta,
    get_babel,
    get_locale,
    gettext,
)

from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.server_settings import ServerSettings

MAX_NAME = 40
MAX_SUBJECT = 200
# Mail programs make links of these, and anyone may register under any name.
READS_AS_ADDRESS = re.compile(r"[./\\:@。．｡]|\bwww\b", re.IGNORECASE)


@dataclass(frozen=True)
class Message:
    """One mail without its recipient; ``kind`` names the template and the reason."""

    kind: str
    subject: str
    text: str
    html: str


def verify_email(
    *,
    link: str,
    code: str,
    expires_at: datetime,
    display_name: str | None = None,
    locale: str | None = None,
    browser: str | None = None,
) -> Message:
    """Ask the owner of a new address to confirm it, by link or by code.

    ``browser`` is what asked, as ``security.browser_names`` calls it; without
    ``locale`` the message is in the language of the request.
    """
    with writing_in(locale):
        subject = gettext("Confirm your email for %(issuer)s", issuer=issuer_name())
        return write(
            "verify_email",
            subject,
            link=link,
            code=code,
            expires_at=expires_at,
            display_name=display_name,
            browser=browser,
        )


def account_exists(
    *,
    link: str,
    display_name: str | None = None,
    locale: str | None = None,
    browser: str | None = None,
) -> Message:
    """Tell an owner that somebody tried to register their address anew.

    ``link`` leads to the sign-in page and carries no secret.
    """
    with writing_in(locale):
        subject = gettext(
            "You already have an account at %(issuer)s", issuer=issuer_name()
        )
        return write(
            "account_exists",
            subject,
            link=link,
            display_name=display_name,
            browser=browser,
        )


def password_reset(
    *,
    link: str,
    expires_at: datetime,
    display_name: str | None = None,
    locale: str | None = None,
    browser: str | None = None,
) -> Message:
    """Send a link that sets a new password once."""
    with writing_in(locale):
        subject = gettext("Reset your %(issuer)s password", issuer=issuer_name())
        return write(
            "password_reset",
            subject,
            link=link,
            expires_at=expires_at,
            display_name=display_name,
            browser=browser,
        )


def write(
    kind: str,
    subject: str,
    *,
    link: str,
    code: str | None = None,
    expires_at: datetime | None = None,
    display_name: str | None,
    browser: str | None,
    network: str | None = None,
) -> Message:
    """Render both parts of a message in the language that is set."""
    locale = get_locale()
    context = {
        "subject": subject,
        "lang": str(locale).replace("_", "-"),
        "dir": locale.text_direction,
        "link": link,
        "code": code,
        "expires_at": expires_at,
        "expires_in": _words_until(expires_at) if expires_at else None,
        "requested_at": utcnow(),
        "name": shown_name(display_name),
        "browser": browser,
        "network": network,
    }
    text, html = (
        # Not render_template: its context processors read the request.
        current_app.jinja_env.get_template(f"mail/{kind}.{part}").render(context)
        for part in ("txt", "html")
    )
    return Message(kind, _one_line(subject)[:MAX_SUBJECT], text, html)


def shown_name(name: str | None) -> str | None:
    """Return a display name as a greeting may hold it, or None for a bare greeting.

    Invisible and control characters go, white space becomes single spaces, 40
    characters stay. A name that could read as an address or a link is left out,
    because registering strangers under such names is a way to send spam.
    """
    visible = "".join(
        character if character.isprintable() else " "
        for character in normalize("NFKC", name or "")
    )
    shown = " ".join(visible.split())
    if not shown or READS_AS_ADDRESS.search(shown.replace(". ", " ").removesuffix(".")):
        return None
    return shown if len(shown) <= MAX_NAME else shown[: MAX_NAME - 1] + "…"


@contextmanager
def writing_in(locale: str | None) -> Iterator[None]:
    """Set the language: ``locale`` if we have it, else the request's or English."""
    wanted = (locale or "").replace("_", "-").partition("-")[0].lower()
    known = {item.language for item in get_babel().instance.list_translations()}
    with force_locale(wanted if wanted in known else str(get_locale())):
        yield


def issuer_name() -> str:
    """Return what people know this server as."""
    return current(ServerSettings).issuer_name


def _words_until(moment: datetime) -> str:
    """Return a time to come as ``in 30 minutes``, in the language that is set."""
    words: str = format_timedelta(moment - utcnow(), add_direction=True)
    return words


def _one_line(value: str) -> str:
    """Return ``value`` without line breaks and control characters."""
    printable = (character if character.isprintable() else " " for character in value)
    return " ".join("".join(printable).split())
