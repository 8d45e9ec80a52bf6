"""Password hashes: Argon2id in a bounded pool (RFC 9106; OWASP's parameters)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Lock
from time import monotonic
from unicodedata import normalize

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from idp.core.context import about_to_wait, current
from idp.core.errors import Overloaded
from idp.core.events import EventBus
from idp.core.settings.cpus import available_cpus
from idp.core.settings.declared import setting

MAX_WAIT_SECONDS = 2.0
MAX_PASSWORD_CHARACTERS = 256
# NFKC joins letters with their marks, so what is typed may be longer than what counts.
MAX_TYPED_CHARACTERS = 4 * MAX_PASSWORD_CHARACTERS


@dataclass(frozen=True)
class HashingSettings:
    """How costly a password hash is."""

    argon2_memory_kib: int = setting(
        19456, minimum=8, doc="Memory of one Argon2id hash in KiB (OWASP floor 19456)."
    )
    argon2_iterations: int = setting(
        2, minimum=1, doc="Passes of one Argon2id hash (OWASP floor 2)."
    )


@dataclass(frozen=True, slots=True)
class HashQueued:
    """A hash has waited for its turn; one that was not ``admitted`` has given up."""

    seconds: float
    admitted: bool


@dataclass
class PasswordHashes:
    """The process's Argon2id: at most ``at_once`` hashes run at one time.

    The rest wait up to two seconds, then get ``Overloaded`` (503): a queue that piles
    up would turn a password spray into an outage (security.md §5). ``waiting`` and
    ``running`` say how it stands now; the ``bus`` is told of each wait.
    """

    settings: HashingSettings
    at_once: int = field(default_factory=available_cpus)
    bus: EventBus = field(default_factory=EventBus)
    waiting: int = field(default=0, init=False)
    running: int = field(default=0, init=False)
    used_at: float = field(default=0.0, init=False)  # by the clock of time.monotonic

    def __post_init__(self) -> None:
        self._counting = Lock()
        self._slots = BoundedSemaphore(self.at_once)
        self._hasher = PasswordHasher(
            time_cost=self.settings.argon2_iterations,
            memory_cost=self.settings.argon2_memory_kib,
            parallelism=1,
            type=Type.ID,
        )
        self._nobody: str | None = None

    def hash(self, password: str) -> str:
        """Return the encoded hash of ``password`` (NFKC; never cut short)."""
        with self._slot():
            return self._hasher.hash(_prepared(password))

    def verify(self, encoded: str | None, password: str) -> bool:
        """Tell whether ``password`` fits; with no hash, cost the same and say no."""
        if too_long(password):
            return False
        known = encoded or self._hash_of_nobody()
        with self._slot():
            try:
                self._hasher.verify(known, _prepared(password))
            except (VerificationError, InvalidHashError):
                return False
        return encoded is not None

    def needs_rehash(self, encoded: str) -> bool:
        """Tell whether ``encoded`` was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(encoded)

    def _hash_of_nobody(self) -> str:
        if self._nobody is None:
            self._nobody = self.hash("nobody has this password")
        return self._nobody

    @contextmanager
    def _slot(self) -> Iterator[None]:
        about_to_wait()
        began = monotonic()
        self._count(waiting=1)
        admitted = self._slots.acquire(timeout=MAX_WAIT_SECONDS)
        self._count(waiting=-1, running=int(admitted))
        self.bus.publish(HashQueued(monotonic() - began, admitted=admitted))
        if not admitted:
            raise Overloaded
        try:
            yield
        finally:
            self.used_at = monotonic()
            self._count(running=-1)
            self._slots.release()

    def _count(self, *, waiting: int = 0, running: int = 0) -> None:
        with self._counting:
            self.waiting += waiting
            self.running += running


def too_long(password: str) -> bool:
    """Tell whether a password is longer, as it counts, than any that is taken."""
    if len(password) > MAX_TYPED_CHARACTERS:
        return True
    return len(normalize("NFKC", password)) > MAX_PASSWORD_CHARACTERS


def passwords() -> PasswordHashes:
    """Return the running app's pool."""
    return current(PasswordHashes)


def _prepared(password: str) -> bytes:
    """Return what is hashed: NFKC, so that every keyboard types the same password.

    A lone surrogate cannot come from a keyboard; it is kept, not crashed on.
    """
    return normalize("NFKC", password).encode("utf-8", "surrogatepass")
