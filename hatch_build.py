"""Build hook: compile the message catalogues, pack the migrations into the wheel."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TRANSLATIONS = Path(__file__).parent / "idp" / "translations"


class PackagedFiles(BuildHookInterface[Any]):
    """Add what the wheel needs and the repository does not hold as is."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Run before the build; ``version`` is "standard" or "editable".

        An editable install reads migrations/ in the checkout, so it gets no copy
        that could grow old.
        """
        compile_catalogues()
        if version == "standard":
            build_data["force_include"]["migrations"] = "idp/_migrations"


def compile_catalogues() -> None:
    """Write a ``.mo`` beside every ``.po``, if there are any."""
    for source in TRANSLATIONS.glob("**/*.po"):
        with source.open("rb") as po, source.with_suffix(".mo").open("wb") as mo:
            write_mo(mo, read_po(po))
