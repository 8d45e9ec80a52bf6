"""Counters in Redis, of which nobody waits long and whose faults are told at start."""

import logging
from typing import Any, cast

from limits.errors import ConfigurationError, StorageError
from limits.storage import Storage, storage_from_string

from idp.core.randomness import digest

log = logging.getLogger(__name__)
SECONDS = 0.25  # a counter that takes longer is away
# What a server that was reached says of a wrong password, user, right or database.
CREDENTIALS = "write its user and password into the URL: redis://USER:PASSWORD@HOST"
LASTING = {
    "NOAUTH": CREDENTIALS,
    "WRONGPASS": CREDENTIALS,
    "NOPERM": "allow its user all commands on keys that begin with idp:",
    "ERR": "correct the number of the database, or the options, in the URL",
}


def open_redis(url: str, *, installation: str) -> Storage:
    """Return the storage at a URL; ``installation`` keeps its counters apart.

    Nothing is connected yet. Raises ValueError for options that there are not.
    """
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    scheme, _, rest = url.partition("://")
    options: dict[str, Any] = {
        "key_prefix": f"idp:{digest(installation)[:16]}",
        "wrap_exceptions": True,
        "socket_timeout": SECONDS,
        "socket_connect_timeout": SECONDS,
        # Once more, for a connection that the server closed while nobody used it.
        "retry": Retry(NoBackoff(), 1),
    }
    kind = scheme.replace("valkey", "redis").replace("unix", "redis+unix")
    if kind == "redis+sentinel":
        options["use_replicas"] = False
        options["sentinel_kwargs"] = {"socket_timeout": SECONDS}
    return cast("Storage", storage_from_string(f"{kind}://{rest}", **options))


def refusal_of(url: str, *, installation: str) -> str | None:
    """Return why a server will never have us as it is asked now, or None.

    One that is away, or that cannot be written now, is no reason not to start; the log
    says so.
    """
    try:
        open_redis(url, installation=installation).incr("started", 1)
    except StorageError as error:
        (cause,) = error.args
        fix = LASTING.get(getattr(cause, "status_code", None) or "")
        if fix:
            return f"is refused by Redis ({cause}): {fix}"
        log.warning("redis is away", extra={"reason": str(cause)})
    except ConfigurationError:  # it says the whole URL, with its password
        return "cannot be read: each host is written as HOST:PORT"
    except (TypeError, ValueError) as error:
        return f"cannot be used: {error}"
    return None
