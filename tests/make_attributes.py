"""Factories of attributes, and of scopes that open them."""

from typing import Any

from flask import Flask

from idp.accounts.profile.attributes.definitions import Definition
from idp.accounts.profile.attributes.registry import (
    create_attribute,
    delete_attribute,
)
from idp.accounts.profile.changes import merge_profile
from idp.accounts.profile.rules import FOR_OPERATORS
from idp.accounts.users import get_user
from idp.core.db import db
from idp.oauth.custom_scopes.registry import ScopeDeclaration, create_scope


class MakeAttributes:
    """Attributes, as the operator of the machine defines them."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def define(self, key: str, kind: str = "text", **said: Any) -> None:
        """Define an attribute."""
        with self.app.app_context():
            create_attribute(Definition(key, kind, **said))
            db.session.commit()

    def scope(self, name: str, *claims: str, **description: str) -> None:
        """Define a scope that opens claims."""
        with self.app.app_context():
            create_scope(ScopeDeclaration(name, description, claims))
            db.session.commit()

    def give(self, user_id: str, **values: Any) -> None:
        """Say of a user what an operator says."""
        with self.app.app_context():
            said = {"attributes": values}
            user = get_user(user_id)
            merge_profile(user, said, prove=lambda: None, rules=FOR_OPERATORS)
            db.session.commit()

    def delete(self, key: str) -> None:
        """Delete an attribute."""
        with self.app.app_context():
            delete_attribute(key)
            db.session.commit()
