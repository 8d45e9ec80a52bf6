"""Factories of attributes, and of scopes that open them."""

from typing import Any

from flask import Flask

from idp.accounts.profile.attributes.definitions import Definition
from idp.accounts.profile.attributes.registry import create_attribute
from idp.core.db import db


class MakeAttributes:
    """Attributes, as the operator of the machine defines them."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def define(self, key: str, kind: str = "text", **said: Any) -> None:
        """Define an attribute."""
        with self.app.app_context():
            create_attribute(Definition(key, kind, **said))
            db.session.commit()
