"""Whether the URL of a database or of Redis can be used, said before it is opened."""

from importlib import import_module
from urllib.parse import urlsplit

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

DATABASE_PREFIXES = ("sqlite:///", "postgresql://", "postgresql+psycopg://")
REDIS_SCHEMES = (
    *("redis", "rediss", "unix", "redis+sentinel"),
    *("valkey", "valkeys", "valkey+sentinel"),
)
SEVERAL_HOSTS = (
    "must name each of several hosts by itself: "
    "postgresql://user@/name?host=a:5432&host=b:5432&target_session_attrs=read-write"
)
PORTS = "must have numbers for ports"


def check_database_url(value: str) -> str | None:
    """Return why ``value`` names no database we run on, or None."""
    if not value.startswith(DATABASE_PREFIXES):
        return "must start with sqlite:/// or postgresql://"
    if ":" in value and "," in urlsplit(value).netloc.rpartition("@")[2]:
        return SEVERAL_HOSTS
    try:
        url = make_url(value)
    except ValueError:
        return PORTS
    if url.get_backend_name() == "sqlite":
        return _sqlite_problem(url)
    return _missing_extra("postgres", "psycopg") or _postgres_problem(url)


def check_redis_url(value: str) -> str | None:
    """Return why ``value`` names no Redis, or None."""
    parts = urlsplit(value)
    if parts.scheme not in REDIS_SCHEMES:
        return f"must start with {', '.join(f'{s}://' for s in REDIS_SCHEMES)}"
    name = parts.path.strip("/")
    if parts.scheme.endswith("+sentinel"):
        if not name:
            return "must end with the name of the primary, like …:26379/mymaster"
        if parts.query:
            return "takes no options behind the name of the primary"
    elif not (parts.scheme == "unix" or not name or name.isdecimal()):
        return "must end with the number of the database, like …/0"
    return _missing_extra("redis", "redis")


def _sqlite_problem(url: URL) -> str | None:
    """Return why an SQLite URL names no file of ours, or None."""
    if url.database in {None, "", ":memory:"}:
        return "must name a file, like sqlite:////var/lib/idp/idp.sqlite3"
    return "takes no options for SQLite" if url.query else None


def _postgres_problem(url: URL) -> str | None:
    """Return what libpq would not understand of a URL, or None."""
    try:
        _, options = url.get_dialect()().create_connect_args(url)
    except ArgumentError:
        return PORTS
    known = import_module("psycopg.pq").Conninfo.get_defaults()
    unknown = sorted(options.keys() - {option.keyword.decode() for option in known})
    if unknown:
        return f"has options that PostgreSQL's libpq does not know: {unknown[0]}"
    if not str(options.get("connect_timeout", 0)).isdecimal():
        return "must have whole seconds for connect_timeout"
    return None


def _missing_extra(extra: str, driver: str) -> str | None:
    """Return what to install where a driver is missing or does not load, or None."""
    try:
        import_module(driver)
    except ImportError as error:
        return f"needs the extra {extra}: pip install 'idp-server[{extra}]' ({error})"
    return None
