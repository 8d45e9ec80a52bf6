"""Whether a PostgreSQL, or a pooler before it, has no connection free.

libpq hands on what the server says while it connects, and no SQLSTATE: the words of the
server (53300, in English unless ``lc_messages`` says otherwise) and of PgBouncer count.
"""

NO_SLOT = "53300"
WORDS = (
    "too many clients",
    "too many connections",  # of a role or a database that has a limit of its own
    "remaining connection slots",
    "no more connections allowed",
)


def lacks_slot(error: BaseException | None) -> bool:
    """Tell whether a driver's error says so."""
    if getattr(error, "sqlstate", None) == NO_SLOT:
        return True
    said = str(error)
    return any(words in said for words in WORDS)
