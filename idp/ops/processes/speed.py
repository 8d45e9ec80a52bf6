"""Whether what a server runs on was built to be fast, as its start says.

An installation works with any build; an operator who sizes a machine wants to know.
"""

import sysconfig
import time
from importlib.metadata import distribution
from platform import python_version

from idp.core.hashing import HashingSettings, PasswordHashes

BINDINGS = "argon2-cffi-bindings"
PUBLISHED = "manylinux", "musllinux", "macosx", "win"  # PyPI takes no other platforms
# Debian's and Ubuntu's rules build with profiles without giving configure the option.
PROFILED = "--enable-optimizations", "--with-wheel-pkg-dir=/usr/share/python-wheels"
SAMPLES = 3


def hash_milliseconds(settings: HashingSettings) -> float:
    """Return what one password hash costs: processor time, the least of some."""
    hashes = PasswordHashes(settings)
    return min(_cost_of_hash(hashes) for _ in range(SAMPLES)) * 1000


def argon2_build() -> str:
    """Say which build of Argon2 runs."""
    found = distribution(BINDINGS)
    published = any(
        f"-{name}" in (found.read_text("WHEEL") or "") for name in PUBLISHED
    )
    return "as published" if published else "built for this machine"


def python_build() -> str | None:
    """Return the version of a Python that was built without profiles, else None."""
    arguments = sysconfig.get_config_var("CONFIG_ARGS") or ""
    return None if is_profiled(arguments) else python_version()


def is_profiled(arguments: str) -> bool:
    """Tell whether a Python configured with these arguments was built with profiles."""
    return any(option in arguments for option in PROFILED)


def _cost_of_hash(hashes: PasswordHashes) -> float:
    """Return the seconds of processor time that one hash takes in this thread."""
    begun = time.thread_time()
    hashes.hash("as long as a password that people choose")
    return time.thread_time() - begun
