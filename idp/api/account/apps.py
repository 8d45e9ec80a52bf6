"""/account/apps: the apps that a user may start, or that may use the account."""

from datetime import datetime

from pydantic import Field

from idp.accounts.access.principal import Principal
from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.oauth.authorization.connected_apps import (
    AppAccess,
    NoSuchApp,
    list_apps,
    remove_app,
)
from idp.oauth.authorization.launcher import StartableApp, list_startable
from idp.oauth.clients.branding.files import Brand
from idp.oauth.protocol.scopes import ACCOUNT_READ, join
from idp.web.json.models import Answer, Query
from idp.web.json.routes import JsonBlueprint

api = JsonBlueprint("connected_apps_api", __name__, tag="Apps and tokens")
PATH = "/account/apps"


class AppsQuery(Query):
    """Which apps are listed."""

    query: str = Field("", max_length=255, description="Part of a name")


class App(Answer):
    """An app to start at ``start_uri``, or that may use the account, or both.

    ``scope`` is what it may use of it; of one that was not used yet it is empty, and
    the times are null.
    """

    client_id: str
    client_name: str
    client_uri: str | None
    start_uri: str | None
    logo_uri: str | None
    scope: str
    first_used_at: datetime | None
    last_used_at: datetime | None


@api.operation(
    "GET",
    PATH,
    id="connected_apps_api_show",
    query=AppsQuery,
    answers={200: list[App]},
    scope=ACCOUNT_READ,
)
def show(who: Principal, query: AppsQuery) -> list[App]:
    """List the apps that the user may start, those that use the account first.

    After these, the last used first, come those that were not used yet, by name: the
    first hundred that are like the query.
    """
    text = query.query.strip()
    connected = list_apps(who.user_id)
    startable, _ = list_startable(
        who.user_id,
        organization_id=who.organization_id,
        used=[app.client_id for app in connected],
        text=text,
    )
    unused = {app.client_id: app for app in startable}
    used = [
        _used(app, start=unused.pop(app.client_id, None))
        for app in connected
        if text.casefold() in app.client_name.casefold()
    ]
    return [*used, *map(_unused, unused.values())]


@api.operation(
    "DELETE",
    f"{PATH}/<path:client_id>",
    id="connected_apps_api_remove",
    answers={204: None},
    refusals=(NoSuchApp,),
)
def remove(who: Principal, client_id: str) -> None:
    """Take all access from an app: its consent and its refresh tokens."""
    remove_app(who.user_id, client_id)


def _used(of: AppAccess, *, start: StartableApp | None) -> App:
    """Return an app that may use the account, with its start where one may."""
    return App(
        client_id=of.client_id,
        client_name=of.client_name,
        client_uri=of.client_uri,
        start_uri=start.start_uri if start else None,
        logo_uri=_logo_uri(of.brand),
        scope=join(of.scope),
        first_used_at=of.first_used_at,
        last_used_at=of.last_used_at,
    )


def _unused(of: StartableApp) -> App:
    """Return an app that was not used yet."""
    return App(
        client_id=of.client_id,
        client_name=of.client_name,
        client_uri=of.client_uri,
        start_uri=of.start_uri,
        logo_uri=_logo_uri(of.brand),
        scope="",
        first_used_at=None,
        last_used_at=None,
    )


def _logo_uri(brand: Brand) -> str | None:
    """Return where other pages find the logo of an app."""
    return brand.logo_url and f"{current(ServerSettings).issuer}{brand.logo_url}"
