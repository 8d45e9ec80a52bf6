"""/admin/settings: what the server was started with."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext, lazy_gettext

from idp.accounts.access.permissions import Permission
from idp.admin.lists import asked_text
from idp.admin.pages.frame import admin_page
from idp.core.context import current
from idp.core.settings.declared import Loaded
from idp.core.settings.effective import Effective, Source, effective
from idp.web.callers import access

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
    found = [
        setting
        for setting in effective(current(Loaded))
        if _is_like(setting, text) and source in ("", setting.source)
    ]
    return admin_page(
        "admin/system/settings.html",
        settings=[_shown(setting) for setting in found],
        words=WORDS,
        chosen={"query": text, "source": source},
    )


def _is_like(setting: Effective, text: str) -> bool:
    """Tell whether a setting's name or description has each of the words."""
    translated = gettext(setting.description)
    said = f"{setting.name} {setting.description} {translated}".lower()
    return all(word in said for word in text.lower().split())


def _shown(setting: Effective) -> dict[str, Any]:
    """Return what the list shows of a setting."""
    return {**asdict(setting), "description": gettext(setting.description)}
