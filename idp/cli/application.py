"""The app for one command: configured like the server beside it, schema checked."""

import os
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask

from idp.app import create_app
from idp.core.db import db
from idp.core.settings.server import ServerSettings
from idp.ops.configuration import configure_command
from idp.ops.database import require_current

P = ParamSpec("P")
R = TypeVar("R")


def open_application() -> Flask:
    """Return the app on the server's own database, which must be migrated."""
    settings = configure_command(os.environ)
    require_current(settings[ServerSettings].database_url)
    return create_app(settings)


def with_application(run: Callable[P, R]) -> Callable[P, R]:
    """Run a command inside the app's context; close its connections afterwards."""

    @wraps(run)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with open_application().app_context():
            try:
                return run(*args, **kwargs)
            finally:
                db.session.close()
                db.engine.dispose()

    return wrapped
