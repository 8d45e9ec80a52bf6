"""Asking an API of leaked passwords without telling it which (k-anonymity).

It is sent the first five of the forty characters of a SHA-1, and answers all that it
knows with that beginning; ``Add-Padding`` hides how many those are.
"""

from idp.security.leaked.filters import sha1_of
from idp.security.outbound.client import Fetched, Outbound, Request

DEADLINE_SECONDS = 1.0
PREFIX = 5
OK = 200


class RangeUnreachable(Exception):
    """There was no answer that says anything; the message is the reason."""


def is_known(password: str, *, url: str, outbound: Outbound) -> bool:
    """Tell whether the API at ``url`` knows a password; raises RangeUnreachable."""
    hashed = sha1_of(password).hex().upper()
    asked = f"{url.rstrip('/')}/range/{hashed[:PREFIX]}"
    headers = {"Accept": "text/plain", "Add-Padding": "true"}
    answer = outbound.within(DEADLINE_SECONDS).send(Request(asked, headers))
    if not isinstance(answer, Fetched):
        raise RangeUnreachable(answer.reason)
    if answer.status != OK:
        raise RangeUnreachable(str(answer.status))
    return hashed[PREFIX:] in _suffixes(answer.body)


def _suffixes(body: bytes) -> set[str]:
    """Return what an answer lists; what is padding leaked zero times."""
    lines = (line.partition(":") for line in body.decode("ascii", "replace").split())
    return {suffix.upper() for suffix, _, times in lines if times.strip("0")}
