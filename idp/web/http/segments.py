"""Ids in routes: ``<address_id>``, and ``<segment:client_id>`` of any text.

What databases do not take is no id: nothing is there.
"""

from urllib.parse import unquote

from flask import Flask
from werkzeug.routing import BaseConverter, PathConverter, ValidationError

from idp.core.text import is_storable
from idp.oauth.clients.segments import to_segment


class SegmentConverter(BaseConverter):
    """``<segment:client_id>`` in a route."""

    regex = "[^/.]+"

    def to_python(self, value: str) -> str:
        """Undo the encoding that WSGI left."""
        return _stored(unquote(value))

    def to_url(self, value: str) -> str:
        """Encode for ``url_for``."""
        return to_segment(value)


class IdConverter(BaseConverter):
    """``<address_id>`` in a route."""

    def to_python(self, value: str) -> str:
        """Return it where it could be one."""
        return _stored(value)


class SlashedIdConverter(PathConverter):
    """``<path:client_id>`` in a route."""

    def to_python(self, value: str) -> str:
        """Return it where it could be one."""
        return _stored(value)


def init_app(app: Flask) -> None:
    """Register the converters; routes that use them come later."""
    app.url_map.converters |= {
        "default": IdConverter,
        "path": SlashedIdConverter,
        "segment": SegmentConverter,
    }


def _stored(value: str) -> str:
    """Return what a row may be found by; ValidationError is a 404."""
    if not is_storable(value):
        raise ValidationError
    return value
