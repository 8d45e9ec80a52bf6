"""A server that runs beside commands of its own machine."""

import os
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from idp.cli import main


@dataclass(frozen=True)
class Running:
    """A live server, and commands on its own machine, run in this process."""

    url: str
    demo_url: str
    folder: Path

    def run(self, *arguments: str) -> str:
        """Run a command beside the server, and return what it printed."""
        done = CliRunner().invoke(main, arguments, env=settings_of(self.folder))
        assert done.exit_code == 0, done.output
        return done.stdout


def settings_of(folder: Path) -> dict[str, str | None]:
    """Return the environment of commands on the server's machine."""
    nothing = {name: None for name in os.environ if name.startswith("IDP_")}
    cheap = {"IDP_ARGON2_MEMORY_KIB": "8", "IDP_ARGON2_ITERATIONS": "1"}
    return {**nothing, **cheap, "IDP_DATA_DIR": str(folder / "idp-data")}
