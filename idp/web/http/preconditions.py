"""A change of what its caller has seen: ETag and If-Match (RFC 9110 §13.1.1).

The tag of an object holds a digest of each of its parts, so that a refusal can name
those that are different by now.
"""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from flask import request

from idp.core.errors import FieldError, IdpError
from idp.core.randomness import digest

DIGITS = 12
DIFFERENT = "This is different by now."
Parts = Mapping[str, object]


class Changed(IdpError):
    """A change of something that is not any more what its caller has seen."""

    code = "precondition_failed"
    status = HTTPStatus.PRECONDITION_FAILED
    title = "This was changed meanwhile. Look at it again first."


def version_of(parts: Parts) -> str:
    """Return what tells this state of an object from others; ``parts`` are JSON."""
    return "-".join(map(_digest_of, parts.values()))


def etag_of(parts: Parts) -> str:
    """Return the ETag of an object."""
    return f'"{version_of(parts)}"'


def is_conditional() -> bool:
    """Tell whether the request says which state of an object it has seen."""
    return bool(request.headers.get("If-Match"))


def refuse_unseen(parts: Parts) -> None:
    """Raise Changed when the request names another state than this; none is any."""
    sent = request.if_match
    if not is_conditional() or sent.contains(version_of(parts)):
        return
    raise Changed(
        [FieldError(name, "changed", DIFFERENT) for name in _differing(sent, parts)]
    )


def _differing(sent: Iterable[str], parts: Parts) -> list[str]:
    """Return the parts that are not as the first tag of a request says."""
    seen = next(iter(sent), "").split("-")
    if len(seen) != len(parts):
        return list(parts)
    return [
        name
        for (name, value), known in zip(parts.items(), seen, strict=True)
        if _digest_of(value) != known
    ]


def _digest_of(value: object) -> str:
    """Return a short digest of a part."""
    return digest(json.dumps(value, sort_keys=True))[:DIGITS]
