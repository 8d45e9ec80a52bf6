"""/account/apps: the apps that an account is used in."""

from datetime import datetime

from idp.accounts.access.principal import Principal
from idp.oauth.authorization.connected_apps import (
    AppAccess,
    NoSuchApp,
    list_apps,
    remove_app,
)
from idp.oauth.protocol.scopes import ACCOUNT_READ, join
from idp.web.json.models import Answer
from idp.web.json.routes import JsonBlueprint

api = JsonBlueprint("connected_apps_api", __name__, tag="Apps")
PATH = "/account/apps"


class App(Answer):
    """An app that may use the account; ``scope`` is what it may use of it."""

    client_id: str
    client_name: str
    client_uri: str | None
    scope: str
    first_used_at: datetime
    last_used_at: datetime


@api.operation(
    "GET",
    PATH,
    id="connected_apps_api_show",
    answers={200: list[App]},
    scope=ACCOUNT_READ,
)
def show(who: Principal) -> list[App]:
    """List the apps that may use the account, the last used first."""
    return [_app(of) for of in list_apps(who.user_id)]


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


def _app(of: AppAccess) -> App:
    """Return an app as an answer."""
    return App(
        client_id=of.client_id,
        client_name=of.client_name,
        client_uri=of.client_uri,
        scope=join(of.scope),
        first_used_at=of.first_used_at,
        last_used_at=of.last_used_at,
    )
