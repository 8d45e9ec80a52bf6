"""The issuer that tests speak to, and a client that speaks to it."""

from flask.testing import FlaskClient

ISSUER = "https://idp.example"


class IssuerClient(FlaskClient):
    """A test client whose requests go to ISSUER unless they say otherwise."""

    def open(self, *args, **kwargs):
        if args and isinstance(args[0], str) and not args[0].startswith("http"):
            kwargs.setdefault("base_url", ISSUER)
        return super().open(*args, **kwargs)
