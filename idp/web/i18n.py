"""Languages: which one a request gets, and how its pages are laid out."""

from pathlib import Path

from babel import Locale
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_locale

TRANSLATIONS = Path(__file__).parent.parent / "translations"
LANGUAGE_COOKIE = "idp-lang"
SOURCE_LANGUAGE = "en"

babel = Babel()


def available_languages() -> list[str]:
    """Return the tags of all compiled catalogues and of the source language."""
    found = {
        path.parent.parent.name for path in TRANSLATIONS.glob("*/LC_MESSAGES/*.mo")
    }
    return sorted(found | {SOURCE_LANGUAGE})


def select_locale() -> str:
    """Return the language: ui_locales, then user, cookie, Accept-Language, English."""
    if not has_request_context():
        return SOURCE_LANGUAGE
    offered: list[str] = babel_languages()
    wishes = [*g.get("ui_locales", ()), g.get("user_locale")]
    wishes.append(request.cookies.get(LANGUAGE_COOKIE))
    for wish in filter(None, wishes):
        tag = wish.replace("_", "-").partition("-")[0].lower()
        if tag in offered:
            return str(tag)
    return request.accept_languages.best_match(offered) or SOURCE_LANGUAGE


def babel_languages() -> list[str]:
    """Return the languages found at start."""
    if "languages" not in g:
        g.languages = available_languages()
    found: list[str] = g.languages
    return found


def languages_by_name() -> dict[str, str]:
    """Return what pages can be shown in: tags, and each language's name for itself."""
    return {
        tag: str(Locale.parse(tag, sep="-").get_display_name()).capitalize()
        for tag in babel_languages()
    }


def page_lang() -> str:
    """Return the page's language tag, for ``<html lang>``."""
    return str(get_locale() or SOURCE_LANGUAGE).replace("_", "-")


def page_dir() -> str:
    """Return ``rtl`` or ``ltr``, for ``<html dir>``."""
    locale = get_locale() or Locale.parse(SOURCE_LANGUAGE)
    return str(locale.text_direction)


def init_app(app: Flask) -> None:
    """Wire gettext into code and templates."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    babel.init_app(app, locale_selector=select_locale)
    app.jinja_env.globals.update(page_lang=page_lang, page_dir=page_dir)
