"""The word between processes that were forked from one: something has changed."""

from mmap import mmap
from os import urandom

MARK_BYTES = 8


class Siblings:
    """One page of memory that an app and all processes forked from it share.

    Whoever commits a change puts another mark there. To look at it costs no system
    call, so that the next request at a sibling sees what the last one was told is done.
    A mark is random: two that are put at the same moment hide neither.
    """

    def __init__(self) -> None:
        self._page = mmap(-1, MARK_BYTES)

    def tell(self) -> None:
        """Let every sibling forget what it keeps."""
        self._page[:MARK_BYTES] = urandom(MARK_BYTES)

    def mark(self) -> bytes:
        """Return what stands there: it differs once another sibling has told."""
        return self._page[:MARK_BYTES]
