"""Lists of millions of passwords in a file of a few megabytes (a Bloom filter).

It may say of a password that it is in the list when it is not, about once in a million
times, and never the other way round. A file is mapped into memory: all workers share
it, and only what is looked at is read.

Passwords are known by their SHA-1, as the lists of leaks have them, so that a list of
those can be taken in too. That protects nothing here: what is in a list is public.
"""

import math
import mmap
import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from idp.core.randomness import leak_digest

MAGIC = b"idp-leaked-1"
HEADER = struct.Struct(">12sIQQ")  # magic, probes, bits, passwords
FALSE_ALARMS = 1e-6
MOST_PROBES = 64
# A line of a list of hashes, which may say how often the password leaked.
HASHED = re.compile(r"([0-9A-Fa-f]{40})(:[0-9]+)?")


class InvalidFilter(ValueError):
    """A file that is no filter, or only a part of one."""


def sha1_of(password: str) -> bytes:
    """Return what a password is known by."""
    return leak_digest(password.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True)
class LeakFilter:
    """An open filter of so many passwords."""

    probes: int
    bits: int
    passwords: int
    held: mmap.mmap

    @classmethod
    def open(cls, path: Path) -> "LeakFilter":
        """Map a file; raises InvalidFilter, and OSError where there is none."""
        with path.open("rb") as file:
            try:
                held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                magic, probes, bits, passwords = HEADER.unpack_from(held)
            except (ValueError, struct.error) as error:
                raise InvalidFilter(str(path)) from error
        whole = HEADER.size + -(-bits // 8) == len(held)
        if magic != MAGIC or not 0 < probes <= MOST_PROBES or not bits or not whole:
            held.close()
            raise InvalidFilter(str(path))
        return cls(probes, bits, passwords, held)

    def __contains__(self, password: str) -> bool:
        """Tell whether a password is in the list, spelled exactly so."""
        places = _places(sha1_of(password), probes=self.probes, bits=self.bits)
        offset = HEADER.size
        return all(self.held[offset + at // 8] >> at % 8 & 1 for at in places)


def build(source: Path, target: Path) -> int:
    """Make a filter of a list, one password or SHA-1 a line; return how many it has.

    The list is read twice and never held; what is there at ``target`` is replaced once
    the new one is whole. Raises OSError.
    """
    with source.open(encoding="utf-8", errors="surrogateescape") as lines:
        number = sum(1 for _ in _digests(lines))
    probes, bits = _measures(number)
    field = bytearray(-(-bits // 8))
    with source.open(encoding="utf-8", errors="surrogateescape") as lines:
        for digest in _digests(lines):
            for at in _places(digest, probes=probes, bits=bits):
                field[at // 8] |= 1 << at % 8
    unfinished = target.with_name(f"{target.name}.part")
    unfinished.write_bytes(HEADER.pack(MAGIC, probes, bits, number) + field)
    unfinished.replace(target)
    return number


def _measures(number: int) -> tuple[int, int]:
    """Return how many probes and bits make false alarms as rare as they are to be."""
    per_password = -math.log2(FALSE_ALARMS) / math.log(2)
    return round(-math.log2(FALSE_ALARMS)), max(64, math.ceil(number * per_password))


def _digests(lines: Iterable[str]) -> Iterator[bytes]:
    """Yield what each line of a list stands for."""
    for line in lines:
        text = line.rstrip("\r\n")
        hashed = HASHED.fullmatch(text)
        if hashed:
            yield bytes.fromhex(hashed[1])
        elif text:
            yield leak_digest(text.encode("utf-8", "surrogateescape"))


def _places(digest: bytes, *, probes: int, bits: int) -> Iterator[int]:
    """Yield the bits of a password: two numbers stand for as many as are wanted."""
    first = int.from_bytes(digest[:8], "big")
    step = int.from_bytes(digest[8:16], "big") | 1
    return ((first + number * step) % bits for number in range(probes))
