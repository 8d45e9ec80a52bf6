"""/admin/settings: what the server was started with."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext, lazy_gettext

from idp.accounts.access.permissions import Permission
from idp.admin.lists import asked_page, asked_text, page_urls
from idp.admin.pages.frame import admin_page
from idp.core.context import current
from idp.core.paging import Page, page_of
from idp.core.settings.declared import Loaded
from idp.core.settings.effective import Effective, Source, effective
from idp.web.callers import access
from idp.web.json.paging import PageQuery

PAGE_SIZE = 50  # all of them would weigh more than a page may, in Arabic
WORDS = {
    Source.DEFAULT: lazy_gettext("Default"),
    Source.ENVIRONMENT: lazy_gettext("Environment"),
    Source.FILE: lazy_gettext("File"),
    Source.COMMAND_LINE: lazy_gettext("Command line"),
}

bp = Blueprint("settings", __name__, url_prefix="/admin/settings")
access.protect(bp, read=Permission.SETTINGS_READ, write=Permission.SETTINGS_WRITE)


@bp.get("")
def show_settings() -> Response:
    """List the settings that are like what the address says."""
    text, source = asked_text("query"), asked_text("source")
    filters = {n: v for n, v in (("query", text), ("source", source)) if v}
    query = PageQuery(limit=PAGE_SIZE, cursor=asked_page().cursor)
    found = [
        setting
        for setting in effective(current(Loaded))
        if _is_like(setting, text) and source in ("", setting.source)
    ]
    page = _page_of(found, query, of=f"settings:{source}:{text}")
    return admin_page(
        "admin/system/settings.html",
        settings=[_shown(setting) for setting in page.items],
        words=WORDS,
        chosen={"query": text, "source": source},
        **page_urls(url_for(".show_settings"), page, asked=query, filters=filters),
    )


def _page_of(found: list[Effective], query: PageQuery, *, of: str) -> Page[Effective]:
    """Return one page of settings, in the order that they are declared in."""
    names, place = [setting.name for setting in found], query.place(of)
    rows = found
    if place and place.position[0] in names:
        at = names.index(place.position[0])
        rows = found[:at][::-1] if place.back else found[at + 1 :]
    return page_of(rows, query, of=of, position=lambda setting: (setting.name,))


def _is_like(setting: Effective, text: str) -> bool:
    """Tell whether a setting's name or description has each of the words."""
    translated = gettext(setting.description)
    said = f"{setting.name} {setting.description} {translated}".lower()
    return all(word in said for word in text.lower().split())


def _shown(setting: Effective) -> dict[str, Any]:
    """Return what the list shows of a setting."""
    return {**asdict(setting), "description": gettext(setting.description)}
