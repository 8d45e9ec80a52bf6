"""Factories of groups."""

from flask import Flask

from idp.accounts.groups.members import add_member, remove_member
from idp.accounts.groups.registry import GroupDeclaration, create_group, get_group
from idp.accounts.users import get_user
from idp.core.db import db


class MakeGroups:
    """Groups, as the operator of the machine makes them."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def group(self, name: str, *user_ids: str, description: str = "") -> str:
        """Make a group with members; return its id."""
        with self.app.app_context():
            group = create_group(GroupDeclaration(name, description))
            for user_id in user_ids:
                add_member(group, get_user(user_id))
            db.session.commit()
            return group.id

    def add(self, name: str, user_id: str) -> None:
        """Put a user into a group."""
        with self.app.app_context():
            add_member(get_group(name), get_user(user_id))
            db.session.commit()

    def remove(self, name: str, user_id: str) -> None:
        """Take a user out of a group."""
        with self.app.app_context():
            remove_member(get_group(name), user_id)
            db.session.commit()
