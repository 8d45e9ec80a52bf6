"""The kinds of clients, worked out from their metadata (pure)."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from idp.oauth.clients.view import DEVICE_CODE, PUBLIC

SECRET_METHODS = frozenset({"client_secret_basic", "client_secret_post"})


class Kind(Enum):
    """What runs where, and so what it can keep secret (RFC 6749 §2.1, RFC 8252)."""

    SPA = "spa"
    WEB = "web"
    NATIVE = "native"
    DEVICE = "device"
    MACHINE = "machine"

    @property
    def redirected(self) -> bool:
        """Tell whether a browser comes back to it, so that it has redirect URIs."""
        return self not in (Kind.DEVICE, Kind.MACHINE)


def kind_of(metadata: Mapping[str, Any]) -> Kind:
    """Return the kind of a client with this metadata.

    Without a response type no browser ever comes back to it: it is a device, whose
    users answer in a browser elsewhere (RFC 8628), or a machine.
    """
    if not metadata["response_types"]:
        return Kind.DEVICE if DEVICE_CODE in metadata["grant_types"] else Kind.MACHINE
    if metadata["application_type"] == "native":
        return Kind.NATIVE
    public = metadata["token_endpoint_auth_method"] == PUBLIC
    return Kind.SPA if public else Kind.WEB


def uses_secret(metadata: Mapping[str, Any]) -> bool:
    """Tell whether a client with this metadata authenticates by a secret."""
    return metadata["token_endpoint_auth_method"] in SECRET_METHODS
