"""Apps that tests borrow: making one takes longer than most tests do.

An app is kept for each shape of settings and given new services for each test: the
function that makes them for a new app makes all that an app remembers. One that a test
has changed otherwise (a hook, a route, a listener of its engine) is not lent again.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from sqlalchemy import Engine

from idp.app import create_app
from idp.core.connections import Database
from idp.core.context import running_unit, service_of, services_of
from idp.core.settings.declared import Loaded
from idp.foundation import provide_services

Furnish = Callable[[Flask], None]
MOST_KEPT = 8
PARTS = (dict, list, set)
# What serving changes, and what is looked at by its parts.
LEFT_OUT = {
    *("_got_first_request", "extensions", "jinja_env", "test_client_class"),
    *("jinja_loader", "logger", "name"),  # found out once
}


class Kept:
    """An app between tests, and what it was like when it was made."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.services = dict(services_of(app))
        self.structure = structure_of(app)

    def renew(self, settings: Loaded) -> None:
        """Let the app forget whatever a test has told it."""
        vars(self.app).pop("test_client_class", None)
        services = services_of(self.app)
        services.clear()
        services.update(self.services)
        provide_services(self.app, settings)

    def close(self) -> bool:
        """Close the connections; tell whether the app is what it was."""
        assert running_unit() is None, "a unit of work was not ended"
        same = structure_of(self.app) == self.structure
        service_of(self.app, Database).engine.dispose()
        return same


class Apps:
    """The apps of one process."""

    def __init__(self, compiled_templates: BytecodeCache) -> None:
        self.compiled_templates = compiled_templates
        self.kept: OrderedDict[object, Kept] = OrderedDict()

    def make(self, settings: Loaded, furnish: Furnish | None = None) -> Flask:
        """Make an app, and add to it what ``furnish`` does."""
        made = create_app(settings)
        made.jinja_env.bytecode_cache = self.compiled_templates
        if furnish:
            furnish(made)
        return made

    @contextmanager
    def lend(
        self, settings: Loaded, *, folder: Path, furnish: Furnish | None = None
    ) -> Iterator[Flask]:
        """Lend an app that has these settings; ``folder`` is the test's own."""
        key = shape_of(settings, folder), furnish
        kept = self.kept.pop(key, None) or Kept(self.make(settings, furnish))
        kept.renew(settings)
        yield kept.app
        if kept.close():
            self.kept[key] = kept
            while len(self.kept) > MOST_KEPT:
                self.kept.popitem(last=False)


def shape_of(settings: Loaded, folder: Path) -> str:
    """Return all values of settings; files of the test's own count by their names."""
    values = {kind.__name__: astuple(made) for kind, made in settings.objects.items()}
    return repr(values).replace(str(folder), "")


def structure_of(app: Flask) -> object:
    """Return what a test could have changed that is no service."""
    own = {name: v for name, v in vars(app).items() if name not in LEFT_OUT}
    return (
        copied(own),
        [*app.url_map.iter_rules()],
        copied({n: v for n, v in app.extensions.items() if n != "idp"}),
        copied(vars(app.jinja_env)),
        listeners_of(service_of(app, Database).engine),
    )


def copied(value: Any) -> Any:
    """Return a value whose dicts and lists are copies; all else is itself.

    Nothing and an empty dict are the same: Flask makes those where it looks for hooks.
    """
    if isinstance(value, dict):
        inside = {
            name: copied(inner) if isinstance(inner, PARTS) else inner
            for name, inner in value.items()
        }
        return {
            name: inner
            for name, inner in inside.items()
            if not isinstance(inner, PARTS) or inner
        }
    if isinstance(value, list | set):
        return [copied(inner) if isinstance(inner, PARTS) else inner for inner in value]
    return value


def listeners_of(engine: Engine) -> dict[tuple[str, str], int]:
    """Return how many listen to each event of an engine, its pool and its dialect.

    ``Database`` itself listens to the end of the engine.
    """
    observed = {
        "engine": engine.dispatch,
        "pool": engine.pool.dispatch,
        "dialect": engine.dialect.dispatch,
    }
    counts = {
        (kind, name): len(getattr(dispatch, name))
        for kind, dispatch in observed.items()
        for name in dir(dispatch)
        if not name.startswith("_") and name != "engine_disposed"
    }
    return {event: count for event, count in counts.items() if count}
