"""Ids in routes: ``<address_id>``, and ``<segment:client_id>`` of any text.

Nothing is at an id with a NUL, which PostgreSQL does not take.
"""

from urllib.parse import unquote

from flask import Flask
from werkzeug.routing import BaseConverter, PathConverter

from idp.oauth.clients.segments import to_segment


class SegmentConverter(BaseConverter):
    """``<segment:client_id>`` in a route."""

    regex = r"(?:(?!%00)[^/.\0])+"

    def to_python(self, value: str) -> str:
        """Undo the encoding that WSGI left."""
        return unquote(value)

    def to_url(self, value: str) -> str:
        """Encode for ``url_for``."""
        return to_segment(value)


class IdConverter(BaseConverter):
    """``<address_id>`` in a route."""

    regex = r"[^/\0]+"
    part_isolating = True


class SlashedIdConverter(PathConverter):
    """``<path:client_id>`` in a route."""

    regex = r"[^/\0][^\0]*?"


def init_app(app: Flask) -> None:
    """Register the converters; routes that use them come later."""
    app.url_map.converters |= {
        "default": IdConverter,
        "path": SlashedIdConverter,
        "segment": SegmentConverter,
    }
