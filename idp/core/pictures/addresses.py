"""Where pictures that are kept here are served."""

from idp.core.context import current
from idp.core.pictures.names import PICTURES
from idp.core.settings.server import ServerSettings


def own_picture_path(uri: str | None) -> str | None:
    """Return the path of a picture that is served from here, None for any other."""
    here = current(ServerSettings).issuer
    if uri is None or not uri.startswith(f"{here}{PICTURES}"):
        return None
    return uri.removeprefix(here)


def own_picture_name(uri: str | None) -> str | None:
    """Return the name of a picture that is served from here, None for any other."""
    path = own_picture_path(uri)
    return path and path.removeprefix(PICTURES)


def picture_uri(name: str) -> str:
    """Return the address of a picture, as apps are told it."""
    return f"{current(ServerSettings).issuer}{PICTURES}{name}"
