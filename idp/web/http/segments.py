"""Client ids in routes: ``<segment:client_id>``."""

from urllib.parse import unquote

from flask import Flask
from werkzeug.routing import BaseConverter

from idp.oauth.clients.segments import to_segment


class SegmentConverter(BaseConverter):
    """``<segment:client_id>`` in a route."""

    regex = "[^/.]+"

    def to_python(self, value: str) -> str:
        """Undo the encoding that WSGI left."""
        return unquote(value)

    def to_url(self, value: str) -> str:
        """Encode for ``url_for``."""
        return to_segment(value)


def init_app(app: Flask) -> None:
    """Register the converter; routes that use it come later."""
    app.url_map.converters["segment"] = SegmentConverter
