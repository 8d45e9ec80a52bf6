"""What a process keeps of memory that it does not need."""

from pathlib import Path

from flask import Flask

from idp.core.context import service_of
from idp.core.hashing import HashingSettings, PasswordHashes
from idp.ops.processes.memory import HashMemory

ONE_HASH_KIB = 19456


def private_kib() -> int:
    """Return what this process alone holds in memory."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(one.split()[1]) for one in lines if one.startswith("Anonymous:"))


def test_what_hashes_took_is_kept_for_the_next_ones_and_given_back_then(app: Flask):
    hashes = service_of(app, PasswordHashes)
    memory = HashMemory(app)
    dear = PasswordHashes(HashingSettings(argon2_memory_kib=ONE_HASH_KIB))
    for _ in range(2):  # the library keeps what was asked for twice
        dear.hash("as long as a password")
    hashes.hash("as long as a password")

    kept = private_kib()
    memory.look(hashes.used_at + 0.9)
    assert kept - private_kib() < ONE_HASH_KIB / 2

    memory.look(hashes.used_at + 1.1)
    assert kept - private_kib() > ONE_HASH_KIB * 0.9
