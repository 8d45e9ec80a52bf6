"""The app for one command: configured like the server beside it, schema checked."""

import os
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ParamSpec, TypeVar, cast

import click
from flask import Flask

from idp.accounts.access.permissions import OPERATOR, Permission
from idp.core.context import Caller, this_unit
from idp.core.db import db
from idp.core.settings.server import ServerSettings
from idp.foundation import create_foundation
from idp.ops.configuration import configure_command
from idp.ops.database import require_current
from idp.ops.instance import require_secret
from idp.ops.refusals import Refusal
from idp.security.audit import OPERATOR as OPERATOR_ACTOR

P = ParamSpec("P")
R = TypeVar("R")
BY_SERVER: dict[Any, Callable[..., None]] = {}  # by the callback of a command
OPERATOR_CALLER = Caller(actor=OPERATOR_ACTOR)
SERVER, KEY_FILE = "idp.server", "idp.api_key_file"


def _kept_as(name: str) -> Callable[..., None]:
    """Return what keeps the value of an option beside the command."""

    def keep(*told: Any) -> None:
        context, _option, value = told
        context.meta[name] = value

    return keep


server_option = click.option(
    "--server",
    metavar="URL",
    expose_value=False,
    callback=_kept_as(SERVER),
    help="Do it at this running server, by its API.",
)
key_option = click.option(
    "--api-key-file",
    metavar="FILE",
    expose_value=False,
    callback=_kept_as(KEY_FILE),
    help="The API key for --server.",
)


def open_application(*, any_secret: bool = False) -> Flask:
    """Return the app on the server's own database, which must be migrated.

    Raises Refusal also for a secret that is not that of the database, unless the
    command is for that (``any_secret``).
    """
    settings = configure_command(os.environ)
    require_current(settings[ServerSettings].database_url)
    app = create_foundation(settings)
    with app.app_context():
        if not any_secret:
            require_secret()
        db.session.close()
        db.engine.dispose()
    return app


def with_application(
    needs: Permission, *, here_alone: bool = False
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Run a command inside the app's context; close its connections afterwards.

    It acts as the operator of the machine, who must have the permission; audit rows say
    so. With --server it acts at a running server instead (``idp.cli.by_server``), as
    its API key may; a command that acts ``here_alone`` has no such option.
    """

    def around(run: Callable[P, R]) -> Callable[P, R]:
        @wraps(run)
        def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
            if _asks_server():
                return cast("R", _act_by_server(wrapped, run.__module__, values=kwargs))
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
        return wrapped if here_alone else server_option(key_option(wrapped))

    return around


def _asks_server() -> bool:
    """Tell whether the command is for a running server; both options or none."""
    given = click.get_current_context().meta
    address, key_file = given.get(SERVER), given.get(KEY_FILE)
    if bool(address) != bool(key_file):
        raise click.UsageError("--server and --api-key-file go together.")
    return bool(address)


def _act_by_server(command: Any, module: str, *, values: dict[str, Any]) -> Any:
    """Act at the server that the options name; UsageError for what no server does."""
    name = f"idp.cli.by_server.{module.rpartition('.')[2]}"
    if find_spec(name):
        import_module(name)
    act = BY_SERVER.get(command)
    if act is None:
        raise click.UsageError("This command acts on this machine alone: no --server.")
    # Commands that act here need no client of HTTP.
    from idp.cli.by_server.connection import open_server  # noqa: PLC0415

    given = click.get_current_context().meta
    return act(open_server(given[SERVER], given[KEY_FILE]), **values)
