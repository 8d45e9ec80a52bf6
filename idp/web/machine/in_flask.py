"""Answers to programs that a view of Flask gives."""

from flask import Response
from werkzeug.datastructures import Headers


class MachineResponse(Response):
    """A response whose headers leave exactly as they were set.

    Werkzeug would look for relative addresses and lengths to correct; here there are
    none, or they are meant as they are written.
    """

    def get_wsgi_headers(self, environ: object) -> Headers:
        """Return the headers untouched."""
        return self.headers
