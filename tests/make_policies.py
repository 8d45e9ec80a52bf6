"""What operators decide."""

from typing import Any

from flask import Flask

from idp.administration.policies import change_policies, hold_policies, place_of
from idp.core.db import db


class MakePolicies:
    """Policies, as the operator of the machine decides them."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def decide(self, scope: str = "instance", scope_id: str = "", **values: Any):
        """Decide values by key in one place; return the keys that changed."""
        with self.app.app_context():
            place = place_of(scope, scope_id)
            changed = change_policies(place, values, held=hold_policies(place))
            db.session.commit()
            return changed
