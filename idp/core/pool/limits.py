"""How long this server waits for a database server."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Seconds; 0 sets no limit.

    ``lock`` for what another transaction has locked, ``statement`` for one statement,
    ``idle`` for a transaction in which we ask nothing.
    """

    lock: int = 0
    statement: int = 0
    idle: int = 0
