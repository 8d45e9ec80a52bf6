"""/api/admin/settings: the settings in effect, to read."""

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.core.context import current
from idp.core.settings.declared import Loaded
from idp.core.settings.effective import Source, effective
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.json.models import Answer
from idp.web.json.routes import JsonBlueprint

api = JsonBlueprint("admin_settings_api", __name__, tag="Administration: server")


class SettingAnswer(Answer):
    """One setting of the server.

    `value` is null for a secret that is set; then it is `masked`. `where` names the
    variable, or the file and its line.
    """

    __qualname__ = "Setting"  # as the API document calls it

    name: str
    value: str | None
    masked: bool
    source: Source
    where: str
    description: str


class Settings(Answer):
    """All settings of the server."""

    items: list[SettingAnswer]


@api.operation(
    "GET",
    "/api/admin/settings",
    id="admin_settings_api_show_all",
    answers={200: Settings},
    refusals=(NotPermitted,),
)
def show_all(who: Caller) -> Settings:
    """List the settings in effect and where each is from; they are set at the start."""
    access.require(who, Permission.SETTINGS_READ)
    found = effective(current(Loaded))
    return Settings(items=[SettingAnswer(**vars(setting)) for setting in found])
