"""Days and moments as every page says them: one way, in the time zone of who reads."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date, format_datetime, format_time
from flask import Flask, g
from flask_babel import get_locale, gettext

from idp.accounts.profile.fields import time_zone_choices

UTC = "UTC"
STYLES = (None, "short", "medium", "long", "full")


def init_app(app: Flask) -> None:
    """Give templates the filters; each takes a pattern of LDML, or says it our way."""
    app.jinja_env.filters.update(
        dateformat=_day, datetimeformat=_moment, timeformat=_time_of_day
    )
    app.jinja_env.globals.update(time_zones=time_zone_choices)


def _day(value: date | datetime, pattern: str | None = None) -> str:
    """Return a day, like 29 Nov 2026."""
    shown = value.astimezone(_zone()) if isinstance(value, datetime) else value
    chosen = gettext("d MMM y") if pattern in STYLES else str(pattern)
    return format_date(shown, chosen, locale=get_locale() or "en")


def _moment(value: datetime, pattern: str | None = None) -> str:
    """Return a moment, like 29 Nov 2026, 12:30 CET."""
    chosen = gettext("d MMM y, HH:mm z") if pattern in STYLES else str(pattern)
    return format_datetime(value, chosen, _zone(), locale=get_locale() or "en")


def _time_of_day(value: datetime, pattern: str | None = None) -> str:
    """Return when on its day a moment is, like 12:30 CET."""
    chosen = gettext("HH:mm z") if pattern in STYLES else str(pattern)
    shown = value.astimezone(_zone())
    return format_time(shown, chosen, shown.tzinfo, locale=get_locale() or "en")


def _zone() -> ZoneInfo:
    """Return the time zone of who is signed in, UTC for others."""
    try:
        return ZoneInfo(g.get("user_zone") or UTC)
    except (ZoneInfoNotFoundError, ValueError):  # one that this system does not know
        return ZoneInfo(UTC)
