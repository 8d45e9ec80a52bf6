"""Languages: which one a request gets, and how its pages are laid out.

In order: what the app asks for (``ui_locales``), the setting of who is signed in, the
choice of this browser, ``Accept-Language``, English. For an hour after a choice was
made here, no app is asked: it cannot know better than the person.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from babel import Locale
from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel, get_locale, refresh

from idp.core import context
from idp.core.context import current
from idp.core.languages import SOURCE_LANGUAGE, Languages
from idp.web.browser.cookies import set_cookie

TRANSLATIONS = Path(__file__).parent.parent / "translations"
LANGUAGE_COOKIE = "idp-lang"
CHOSEN_COOKIE = "idp-lang-chosen"
CHOSEN_SECONDS = 3600
LANGUAGE_COOKIE_SECONDS = 365 * 86400

babel = Babel()


def languages_by_name() -> dict[str, str]:
    """Return each tag with the language's name for itself, English first."""
    return current(Languages).names


def prefer(ui_locales: Callable[[], tuple[str, ...]]) -> None:
    """Use what the client that waits asks for (OIDC Core §3.1.2.1), found when needed.

    Only a text needs a language: an answer without any asks nothing.
    """
    g.ui_locales = ui_locales
    refresh()  # a form may have asked for the language already


def keep_language(response: Response, tag: str) -> Response:
    """Remember a person's choice in this browser."""
    set_cookie(response, LANGUAGE_COOKIE, value=tag, max_age=LANGUAGE_COOKIE_SECONDS)
    set_cookie(response, CHOSEN_COOKIE, value="1", max_age=CHOSEN_SECONDS)
    return response


def page_lang() -> str:
    """Return the page's language tag, for ``<html lang>``."""
    return str(get_locale() or SOURCE_LANGUAGE).replace("_", "-")


def init_app(app: Flask) -> None:
    """Wire gettext into code and templates, with the languages found at start."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    babel.init_app(app, locale_selector=_select_locale)
    context.provide(app, _find_languages(TRANSLATIONS))
    app.jinja_env.globals.update(
        page_lang=page_lang, page_dir=_page_dir, text_direction=_text_direction
    )


def _find_languages(folder: Path) -> Languages:
    """Return the language of the source, then those of the compiled catalogues."""
    found = {path.parent.parent.name for path in folder.glob("*/LC_MESSAGES/*.mo")}
    tags = [SOURCE_LANGUAGE, *sorted(found - {SOURCE_LANGUAGE})]
    return Languages({tag: _name_of(tag) for tag in tags}, folder)


def _name_of(tag: str) -> str:
    """Return what a language calls itself, as the first word of a line."""
    name = str(Locale.parse(tag, sep="-").get_display_name())
    return name[:1].upper() + name[1:]


def _select_locale() -> str:
    """Return the language of this request; English in commands."""
    if not has_request_context():
        return SOURCE_LANGUAGE
    languages = current(Languages)
    for tag in map(languages.find, _wishes()):
        if tag:
            return tag
    return request.accept_languages.best_match(languages.names) or SOURCE_LANGUAGE


def _wishes() -> Iterator[str]:
    """Yield language tags, the strongest wish first, whether we have them or not."""
    if CHOSEN_COOKIE not in request.cookies:
        yield from g.ui_locales() if "ui_locales" in g else ()
    for wish in (g.get("user_locale"), request.cookies.get(LANGUAGE_COOKIE)):
        if wish:
            yield wish


def _page_dir() -> str:
    """Return ``rtl`` or ``ltr``, for ``<html dir>``."""
    return _text_direction(page_lang())


def _text_direction(tag: str) -> str:
    """Return which way a language is written: ``rtl`` or ``ltr``."""
    return str(Locale.parse(tag, sep="-").text_direction)
