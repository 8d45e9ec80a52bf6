"""Names of pictures: a name holds a hash of the content, so its file never changes."""

from base64 import urlsafe_b64encode

from idp.core.randomness import digest_bytes

PICTURES = "/pictures/"
TYPES = {"webp": "image/webp", "svg": "image/svg+xml"}


def file_name(content: bytes, *, extension: str) -> str:
    """Return the name of a file by its content."""
    fingerprint = urlsafe_b64encode(digest_bytes(content))[:16].decode()
    return f"{fingerprint}.{extension}"


def picture_path(name: str) -> str:
    """Return where a picture is served."""
    return f"{PICTURES}{name}"


def media_type(name: str) -> str:
    """Return the type of a picture that has been read here."""
    return TYPES[name.rpartition(".")[2]]
