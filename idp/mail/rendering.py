"""From a row of the outbox to the mail that is read, in the language of the row.

Texts come from the catalogues by Babel, layouts from ``templates/mail`` by a Jinja
environment of their own: no request is needed, and none is asked.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from gettext import NullTranslations
from pathlib import Path
from typing import Any, cast
from unicodedata import normalize

from babel import Locale
from babel.dates import format_datetime, format_timedelta
from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, TemplateError, select_autoescape
from sqlalchemy import Row

from idp.core.branding.instance import (
    InstanceBranding,
    instance_branding,
    issuer_name,
)
from idp.core.branding.palettes import (
    dark_palette,
    light_palette,
    parse_colour,
    spelled,
)
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.languages import Languages
from idp.core.sealing import Keyring, SealBroken
from idp.core.settings.server import ServerSettings
from idp.mail.apps import MailedApp, WaitingApps
from idp.mail.messages import MESSAGES, MessageName
from idp.mail.models import OutboxMessage
from idp.mail.transports import OutgoingMessage
from idp.mail.values import MessageValues, open_values

TEMPLATES = Path(__file__).parent.parent / "templates"
MAX_NAME = 40
MAX_SUBJECT = 200
# Mail programs make links of these, and anyone may register under any name.
READS_AS_ADDRESS = re.compile(r"[./\\:@。．｡]|\bwww\b", re.IGNORECASE)

SAMPLE: MessageName = "verify_email"
SAMPLE_CODE = "482915"
EDGE = "#7b8494"  # --field of idp.css: where a button would not show on a white card
PLAIN_BUTTON = {
    "light": "#1f4fc4",
    "on_light": "#ffffff",
    "edge": "#1f4fc4",
    "dark": "#9db8ff",
    "on_dark": "#0d1730",
}

MailRow = Row[Any] | OutboxMessage


class Unrenderable(Exception):
    """A row that cannot be rendered here: another key, another version, a bad text."""


def render(row: MailRow) -> OutgoingMessage:
    """Return the mail of a row; raises Unrenderable.

    What release 0.1 wrote was rendered then, and what was sent holds nothing any more:
    both come back as they are.
    """
    subject, text, html = row.subject, row.text, row.html
    sealed = row.values_sealed
    if sealed is not None:
        try:
            subject, (text, html) = subject_of(row), _bodies_of(row, sealed)
        except (SealBroken, TemplateError, LookupError, TypeError, ValueError) as error:
            raise Unrenderable(f"{type(error).__name__}: {error}") from error
    return OutgoingMessage(
        row.id, row.recipient, subject, text, html,
        created_at=row.created_at, server_name=issuer_name(),
    )  # fmt: skip


def sample_mail(branding: InstanceBranding, *, language: str) -> str:
    """Return the HTML of a mail that nobody gets, in a look of the server."""
    locale = Locale.parse(language.replace("-", "_"))
    context = {
        **_look_of(branding),
        **_addressed(locale),
        "subject": _subject(SAMPLE, str(locale), issuer=branding.shown_name),
        "link": f"{current(ServerSettings).issuer}/",
        "code": SAMPLE_CODE,
        "requested_at": utcnow(),
        "requester": {},
        "names": {},
    }
    environment = _environment(current(Languages).folder, str(locale))
    return environment.get_template(f"mail/{SAMPLE}.html").render(context)


def subject_of(row: MailRow) -> str:
    """Return the subject of a mail, on one line; a KeyError is an unknown message."""
    if row.values_sealed is None:
        return row.subject
    name, language = cast("MessageName", row.kind), cast("str", row.locale)
    return _subject(name, language, issuer=issuer_name())


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


def _bodies_of(row: MailRow, sealed: bytes) -> tuple[str, str]:
    """Render the text and the HTML of a mail, which say the same."""
    values = open_values(sealed, mail_id=row.id, keyring=current(Keyring))
    context = _context(row, values, locale=Locale.parse(row.locale))
    environment = _environment(current(Languages).folder, row.locale)
    text, html = (
        environment.get_template(f"mail/{row.kind}.{part}").render(context)
        for part in ("txt", "html")
    )
    return text, html


def _context(
    row: MailRow, values: MessageValues, *, locale: Locale
) -> dict[str, object]:
    """Return what templates know; ``expires_in`` counts from the row's creation."""
    expires_at = values.expires_at
    lasts = expires_at and expires_at - row.created_at
    return {
        "subject": subject_of(row),
        **_look_of(instance_branding(), app=_app_behind(values.return_to)),
        **_addressed(locale),
        "link": values.link,
        "code": values.code,
        "expires_at": expires_at,
        "expires_in": lasts
        and format_timedelta(lasts, add_direction=True, locale=locale),
        "requested_at": row.created_at,
        "name": shown_name(values.display_name),
        "requester": values.requester,
        "names": {of: shown_name(name) for of, name in values.names.items()},
    }


def _addressed(locale: Locale) -> dict[str, object]:
    """Return in which language a mail is, and which way it is read."""
    return {"lang": str(locale).replace("_", "-"), "dir": locale.text_direction}


def _subject(name: MessageName, language: str, *, issuer: str) -> str:
    """Return the subject of a message in a language."""
    texts = _catalogue(current(Languages).folder, language)
    subject = texts.gettext(MESSAGES[name].subject) % {"issuer": issuer}
    return _one_line(subject)[:MAX_SUBJECT]


def _look_of(
    branding: InstanceBranding, *, app: MailedApp | None = None
) -> dict[str, object]:
    """Return how the server is called, and how the mail looks.

    The button has the colour of the app that one goes on to, else that of the server.
    """
    own = app.colour if app else None
    return {
        "issuer_name": branding.shown_name,
        "app": app,
        "colours": _button_colours(own or branding.colour),
        "links": branding.shown_links,
    }


def _app_behind(return_to: str) -> MailedApp | None:
    """Return the app that waits there, as it may be shown; its logo is an address.

    One whose name reads as an address is not spoken of at all.
    """
    found = current(WaitingApps).find(return_to) if return_to else None
    name = shown_name(found.name) if found else None
    if found is None or name is None:
        return None
    return replace(found, name=name, logo=_shown_logo(found.logo))


def _shown_logo(path: str | None) -> str | None:
    """Return where mail programs load a logo: by TLS, and none of them draws SVG."""
    issuer = current(ServerSettings).issuer
    if path is None or not path.endswith(".webp") or not issuer.startswith("https:"):
        return None
    return f"{issuer}{path}"


def _button_colours(colour: str | None) -> Mapping[str, str]:
    """Return the colours of a button on light and on dark mails, readable on both."""
    parsed = parse_colour(colour) if colour else None
    if parsed is None:
        return PLAIN_BUTTON
    light, dark = light_palette(parsed), dark_palette(parsed)
    return {
        "light": spelled(light.brand),
        "on_light": spelled(light.on_brand),
        "edge": EDGE if light.outlined else spelled(light.brand),
        "dark": spelled(dark.brand),
        "on_dark": spelled(dark.on_brand),
    }


@lru_cache(maxsize=64)
def _environment(folder: Path, language: str) -> Environment:
    """Return the templates of mails in one language."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html",)),
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    texts = _catalogue(folder, language)
    cast("Any", environment).install_gettext_translations(texts, newstyle=True)
    environment.filters["datetimeformat"] = partial(_in_words, locale=language)
    return environment


@lru_cache(maxsize=64)
def _catalogue(folder: Path, language: str) -> NullTranslations:
    """Return the texts of one language; English ones are those of the code."""
    return Translations.load(folder, [language])


def _in_words(moment: datetime, pattern: str, *, locale: str) -> str:
    """Return a moment in UTC by a pattern of Unicode LDML."""
    return format_datetime(moment, pattern, tzinfo=UTC, locale=locale)


def _one_line(value: str) -> str:
    """Return ``value`` without line breaks and control characters."""
    printable = (character if character.isprintable() else " " for character in value)
    return " ".join("".join(printable).split())
