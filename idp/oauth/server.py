"""Wires the authorization server into the app."""

from flask import Flask

from idp.core import context
from idp.oauth.client_cache import ClientCache
from idp.oauth.keys.signer import Signer


def init_app(app: Flask) -> None:
    """Give the app its cache of clients and its signing keys."""
    context.provide(app, ClientCache(), Signer())
