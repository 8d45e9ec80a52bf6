"""The folder in which the processes of one server keep what they count.

``prometheus_client`` finds it by an environment variable, when it is imported. Another
WSGI server that forks as it likes has to name one there itself.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir, mkdtemp

from idp.ops.metrics.settings import MetricsSettings
from idp.ops.refusals import Refusal

# In memory: what is written to a mapping waits for no disk then.
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder that is made there is private
PREFIX = "idp-metrics-"
UNLOCKED = f"new-{PREFIX}"  # no other start takes it for one that was left
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
        folder, lock = _make()
    except OSError as error:
        raise Refusal(
            f"Metrics need a folder to write to: {error}. Set TMPDIR to one."
        ) from error
    os.environ[VARIABLE] = str(folder)
    try:
        yield
    finally:
        os.environ.pop(VARIABLE, None)
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


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


def _make() -> tuple[Path, int]:
    """Make the folder, and lock it for as long as its processes live.

    Those of servers that were killed are removed.
    """
    in_memory = os.access(IN_MEMORY, os.W_OK | os.X_OK)
    place = IN_MEMORY if in_memory else Path(gettempdir())
    for other in place.glob(f"{PREFIX}*"):
        with suppress(OSError):  # it is in use, or another user's
            lock = _locked(other)
            shutil.rmtree(other, ignore_errors=True)
            os.close(lock)
    made = Path(mkdtemp(prefix=UNLOCKED, dir=place))
    lock = _locked(made)
    folder = place / made.name.replace(UNLOCKED, PREFIX)
    made.rename(folder)
    return folder, lock


def _locked(folder: Path) -> int:
    """Return a descriptor that has the lock of a folder. Raises OSError."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(opened)
        raise
    return opened


def _lives(pid: int) -> bool:
    """Tell whether there is a process; it is of the same user."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
