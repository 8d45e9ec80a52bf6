"""The app for one command: configured like the server beside it, schema checked."""

import os
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask

from idp.accounts.access.permissions import OPERATOR, Permission
from idp.app import create_app
from idp.core.context import Caller, this_unit
from idp.core.db import db
from idp.core.settings.server import ServerSettings
from idp.ops.configuration import configure_command
from idp.ops.database import require_current
from idp.ops.refusals import Refusal
from idp.security.audit import OPERATOR as OPERATOR_ACTOR

P = ParamSpec("P")
R = TypeVar("R")
OPERATOR_CALLER = Caller(actor=OPERATOR_ACTOR)


def open_application() -> Flask:
    """Return the app on the server's own database, which must be migrated."""
    settings = configure_command(os.environ)
    require_current(settings[ServerSettings].database_url)
    return create_app(settings)


def with_application(
    needs: Permission,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Run a command inside the app's context; close its connections afterwards.

    It acts as the operator of the machine, who must have the permission; audit rows say
    so.
    """

    def around(run: Callable[P, R]) -> Callable[P, R]:
        @wraps(run)
        def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
            if needs not in OPERATOR:
                raise Refusal(f"{needs} is nothing that commands do.")
            with open_application().app_context():
                this_unit().caller = OPERATOR_CALLER
                try:
                    return run(*args, **kwargs)
                finally:
                    db.session.close()
                    db.engine.dispose()

        wrapped.needs = needs  # type: ignore[attr-defined] # for the table of all acts
        return wrapped

    return around
