"""What one running app holds one of: settings, the keyring, the Argon2 pool.

``provide`` is called by ``create_app``; everything else asks ``current`` for the type
it needs, so no module keeps a global that two apps in one process would share.
"""

from typing import Any, TypeVar

from flask import Flask
from flask.globals import _cv_app

T = TypeVar("T")


def provide(app: Flask, *instances: object) -> None:
    """Make each instance the app's one object of its class."""
    held: dict[type[Any], object] = app.extensions.setdefault("idp", {})
    held.update((type(instance), instance) for instance in instances)


def current(kind: type[T]) -> T:
    """Return the running app's one ``kind``; a KeyError is a hole in ``create_app``.

    Rules ask dozens of times in a request, so this looks where ``current_app`` looks,
    without its proxy.
    """
    found: T = _cv_app.get().app.extensions["idp"][kind]
    return found
