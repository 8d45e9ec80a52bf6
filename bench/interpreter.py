"""Which Python a server runs on, and whether it was built to be fast."""

import json
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from idp.ops.processes.speed import is_profiled

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".cache" / "bench"
QUESTION = """
import json, sys, sysconfig
arguments = sysconfig.get_config_var("CONFIG_ARGS") or ""
print(json.dumps([sys.version.split()[0], arguments]))
"""


def describe(python: Path) -> str:
    """Return version and build: without profiles, Python costs 10 to 34 % more."""
    version, arguments = json.loads(output_of(python, "-c", QUESTION))
    slow = "built WITHOUT profiles: costs 10 to 34 % more"
    build = "built with profiles" if is_profiled(arguments) else slow
    return f"Python {version} ({build})"


def output_of(python: Path, *arguments: str) -> str:
    """Run a Python and return what it prints."""
    return subprocess.run(
        [python, *arguments], check=True, capture_output=True, text=True
    ).stdout


def python_for(checkout: Path, wanted: str | None) -> Path:
    """Return the Python that runs a checkout.

    Without a wish it is the checkout's own environment, else the one running this. A
    wish for an interpreter is met with an environment of what the checkout locks.
    """
    if wanted is None:
        own = checkout / ".venv" / "bin" / "python"
        return own if own.exists() else Path(sys.executable)
    found = shutil.which(wanted)
    if found is None:
        raise SystemExit(f"there is no Python at {wanted}")
    python = Path(found).absolute()
    if (python.parents[1] / "pyvenv.cfg").exists():
        return python
    return environment(python, checkout)


def environment(python: Path, checkout: Path) -> Path:
    """Return the Python of a virtual environment with what a checkout locks.

    It is kept for the next run with the same interpreter and the same lock file.
    """
    lock = checkout / "requirements.lock"
    version = output_of(python, "-c", "import sys; print(sys.executable, sys.version)")
    key = sha256(version.encode() + lock.read_bytes()).hexdigest()[:12]
    folder = CACHE / f"python-{key}"
    ready = folder / "ready"
    if not ready.exists():
        print(f"Installing {lock} for {python} (once)", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        install(python, checkout, folder=folder)
        ready.touch()
    return folder / "bin" / "python"


def install(python: Path, checkout: Path, *, folder: Path) -> None:
    """Make the environment: with uv where there is one, else with pip.

    Debian's Python cannot put pip into an environment; the pip of this one can fill it.
    The project itself is installed for its metadata; PYTHONPATH says what is run.
    """
    inside = str(folder / "bin" / "python")
    if uv := shutil.which("uv"):
        make = [uv, "venv", "--quiet", "--python", str(python), str(folder)]
        fill = [uv, "pip", "install", "--python", inside, "--compile-bytecode"]
    else:
        make = [str(python), "-m", "venv", "--without-pip", str(folder)]
        fill = [sys.executable, "-m", "pip", "--python", inside, "install"]
        fill.append("--disable-pip-version-check")
    locked = ["--quiet", "--require-hashes", "-r", "requirements.lock"]
    project = ["--quiet", "--no-deps", "--no-build-isolation", "-e", "."]
    for command in (make, [*fill, *locked], [*fill, *project]):
        subprocess.run(command, check=True, cwd=checkout)
