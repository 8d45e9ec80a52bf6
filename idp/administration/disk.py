"""How much room there is where this node keeps its data."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from idp.core.context import current
from idp.core.settings.server import ServerSettings

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Room:
    """A folder, and how many megabytes are free on its disk."""

    folder: Path
    free_megabytes: int


def least_room() -> Room | None:
    """Return the folder with the least room; None where this node keeps no files.

    The disk of a database server is its own to watch.
    """
    rooms = [
        Room(folder, shutil.disk_usage(folder).free // MEGABYTE)
        for folder in _folders(current(ServerSettings))
        if folder.is_dir()
    ]
    return min(rooms, key=lambda room: room.free_megabytes, default=None)


def _folders(server: ServerSettings) -> Iterator[Path]:
    """Yield the folders that this node writes to."""
    yield server.data_dir
    if server.sqlite:
        yield Path(make_url(server.database_url).database or "").parent
