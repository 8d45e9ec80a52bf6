"""The kinds of clients that people think in (pure); metadata knows no such word."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from idp.oauth.client_view import PUBLIC


class Kind(Enum):
    """What runs where, and so what it can keep secret (RFC 6749 §2.1, RFC 8252)."""

    SPA = "spa"
    WEB = "web"
    NATIVE = "native"
    MACHINE = "machine"


def kind_of(metadata: Mapping[str, Any]) -> Kind:
    """Return the kind of a client with this metadata.

    Without a response type no browser ever comes back to it: a machine.
    """
    if not metadata["response_types"]:
        return Kind.MACHINE
    if metadata["application_type"] == "native":
        return Kind.NATIVE
    public = metadata["token_endpoint_auth_method"] == PUBLIC
    return Kind.SPA if public else Kind.WEB
