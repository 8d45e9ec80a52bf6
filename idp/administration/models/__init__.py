"""Tables of what administers the server."""

from idp.administration.models.api_key import ApiKey

__all__ = ["ApiKey"]
