"""An OAuth 2.0 and OpenID Connect server with hosted sign-in pages."""

from importlib.metadata import version

__version__ = version("idp-server")
