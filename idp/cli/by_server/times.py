"""Times of answers as commands print them."""

from datetime import datetime

from idp.cli.client_json import moment


def seconds_of(text: str | None) -> str | None:
    """Return a time to the second, in the form of ``idp.cli.client_json.moment``."""
    return moment(datetime.fromisoformat(text)) if text else None


def exact(text: str) -> str:
    """Return a time as it was, in the same form."""
    return datetime.fromisoformat(text).isoformat()
