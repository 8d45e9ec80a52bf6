"""The languages that users read: those of the compiled catalogues, and English."""

from dataclasses import dataclass
from pathlib import Path

SOURCE_LANGUAGE = "en"


@dataclass(frozen=True)
class Languages:
    """Tags with each language's name for itself, and the folder of the catalogues."""

    names: dict[str, str]
    folder: Path

    def find(self, tag: str | None) -> str | None:
        """Return our language for a tag, by its first part; None if we lack it."""
        language = (tag or "").replace("_", "-").partition("-")[0].lower()
        return language if language in self.names else None

    def first_of(self, *tags: str | None) -> str:
        """Return the first of these that we have, or English."""
        return next(filter(None, map(self.find, tags)), SOURCE_LANGUAGE)
