"""Entries of directories: what they say, and how one is asked for by its subject."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# Which Active Directory has in bytes: as text they are nothing to compare or show.
IN_BYTES = frozenset({"objectguid", "objectsid"})


@dataclass(frozen=True)
class DirectoryEntry:
    """An entry of a directory, and the groups that it is in there."""

    dn: str
    attributes: Mapping[str, Sequence[bytes]] = field(repr=False)
    groups: tuple[str, ...] = ()

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the values of an attribute, whose name may be written in any case."""
        for known, values in self.attributes.items():
            if known.lower() == name.lower():
                return tuple(_text(value, name) for value in values)
        return ()


def octets_of(name: str, text: str) -> bytes | None:
    """Return what an attribute holds where ``texts`` says this; None for nothing."""
    try:
        return bytes.fromhex(text) if name.lower() in IN_BYTES else text.encode()
    except ValueError:
        return None


def is_sendable(typed: str) -> bool:
    """Tell whether a text has octets, and none that ends it early."""
    try:
        return b"\0" not in typed.encode()
    except UnicodeEncodeError:
        return False


def _text(value: bytes, name: str) -> str:
    """Return a value as text; one of bytes in hexadecimal."""
    if name.lower() in IN_BYTES:
        return value.hex()
    return value.decode("utf-8", "replace")
