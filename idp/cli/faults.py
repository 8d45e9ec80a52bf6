"""What an operator reads where the machine or the database does not let a command."""

from sqlalchemy.exc import DBAPIError

OWN_DATABASE = (
    "Have its user own the database and its tables: ALTER DATABASE … OWNER TO …"
)
WRITABLE = "Let the user of this command write the file and its folder (IDP_DATA_DIR)."
# By SQLSTATE, or by the name of SQLite's error.
HELP = {
    "42501": OWN_DATABASE,
    "25006": "It only reads: name the primary in IDP_DATABASE_URL.",
    "53100": "Its disk is full: make room there.",
    "SQLITE_READONLY": WRITABLE,
    "SQLITE_CANTOPEN": WRITABLE,
    "SQLITE_FULL": "Its disk is full: make room there.",
    "SQLITE_NOTADB": "Name another file in IDP_DATABASE_URL, or restore the backup.",
    "SQLITE_CORRUPT": "Restore the backup.",
    "SQLITE_BUSY": "Another process writes to it: try again.",
    "SQLITE_IOERR": "Its disk or its folder does not take what is written.",
}


def words_of(error: Exception) -> str | None:
    """Return what is wrong outside of this program, and what to do; None for a bug."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    if not isinstance(error, DBAPIError):
        return None
    driver = error.orig
    code = getattr(driver, "sqlstate", None) or _sqlite_code(driver)
    said = str(driver).partition("\n")[0]
    if code in HELP:
        return f"The database refuses: {said}. {HELP[code]}"
    return f"The database was lost: {said}" if error.connection_invalidated else None


def _sqlite_code(driver: BaseException | None) -> str:
    """Return the name of SQLite's error, without what it says of the place."""
    name: str = getattr(driver, "sqlite_errorname", "")
    return "_".join(name.split("_")[:2])
