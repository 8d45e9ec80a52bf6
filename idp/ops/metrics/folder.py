"""The folder in which the processes of one server keep what they count.

``prometheus_client`` finds it by an environment variable, when it is imported. Another
WSGI server that forks as it likes has to name one there itself.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from idp.ops.metrics.settings import MetricsSettings
from idp.ops.refusals import Refusal

# In memory: a process that writes to a file of its mapping is killed by a full disk.
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder that is made there is private
VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
OF_LIVE = re.compile(r"gauge_live[a-z]+_(\d+)\.db")


@contextmanager
def counting_together(settings: MetricsSettings) -> Iterator[None]:
    """Keep a private folder for the processes that are forked inside the block.

    Raises Refusal where none can be made.
    """
    if not settings.on:
        yield
        return
    try:
        folder = mkdtemp(prefix="idp-metrics-", dir=_place())
    except OSError as error:
        raise Refusal(
            f"Metrics need a folder to write to: {error}. Set TMPDIR to one."
        ) from error
    os.environ[VARIABLE] = folder
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def shared_folder() -> Path | None:
    """Return the folder, None where this process counts alone."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


def forget_dead(folder: Path) -> None:
    """Remove how it stood in processes that have ended; what they counted stays."""
    for file in folder.iterdir():
        found = OF_LIVE.fullmatch(file.name)
        if found and not _lives(int(found[1])):
            file.unlink(missing_ok=True)


def _place() -> Path | None:
    """Return where the folder is made; None leaves it to TMPDIR."""
    return IN_MEMORY if os.access(IN_MEMORY, os.W_OK | os.X_OK) else None


def _lives(pid: int) -> bool:
    """Tell whether there is a process; it is of the same user."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
