"""Bodies of JSON routes that are a file: its bytes, and nothing around them."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Request

from idp.core.errors import IdpError


class NotThisKind(IdpError):
    """A file that does not even claim to be of a kind that is taken."""

    code = "unsupported_media_type"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    title = "Send the bytes of the file alone, with the Content-Type they have."


@dataclass(frozen=True)
class FileBody:
    """A body that is one file; ``media_types`` are those that it may claim."""

    media_types: tuple[str, ...]


LOGO_FILE = FileBody(("image/png", "image/jpeg", "image/webp", "image/svg+xml"))


def read_file(body: FileBody, incoming: Request) -> bytes:
    """Return the bytes; what they are is for the rule to say. Raises NotThisKind."""
    if incoming.mimetype not in body.media_types:
        raise NotThisKind
    return incoming.get_data()
