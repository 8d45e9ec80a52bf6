"""The JSON API of accounts, as far as it is about apps."""

from idp.oauth.api import connected_apps

BLUEPRINTS = (connected_apps.api,)
