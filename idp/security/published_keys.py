"""Keys that others publish at a ``jwks_uri``: fetched, and kept by the process."""

import json
from collections.abc import Iterator

from idp.core.context import current
from idp.security.jwks import MAX_KEYS, PublicKey, listed, usable_keys
from idp.security.outbound.client import Fetched
from idp.security.outbound.kept import KeptDocuments

FRESH_SECONDS = 300
# Who rotates their keys is understood after this. No number of wrong signatures makes
# us ask their server more often.
RENEWED_SECONDS = 30


class PublishedKeys(KeptDocuments[tuple[PublicKey, ...]]):
    """Key sets that others publish."""

    def __init__(self) -> None:
        super().__init__(_read_keys)


def published_candidates(
    uri: str, *, kid: str | None, algorithm: str
) -> Iterator[PublicKey]:
    """Yield the keys at ``uri`` that may have signed, the likeliest first.

    What the known keys do not explain makes us look there again.
    """
    for age in (FRESH_SECONDS, RENEWED_SECONDS):
        published = current(PublishedKeys).at(uri, younger_than=age) or ()
        found = fitting(published, kid=kid, algorithm=algorithm)
        yield from found
        if found and kid is not None:
            return


def fitting(
    keys: tuple[PublicKey, ...], *, kid: str | None, algorithm: str
) -> list[PublicKey]:
    """Return the keys that a ``kid`` may mean: of that name, or of none."""
    named = [key for key in keys if kid is None or key.kid in (None, kid)]
    return [key for key in named if algorithm in key.algorithms]


def _read_keys(answer: Fetched) -> tuple[PublicKey, ...] | None:
    """Return the keys in an answer, None when it is no JWK Set."""
    try:
        found = listed(json.loads(answer.body)) if answer.status == 200 else []  # noqa: PLR2004 - HTTP's own word
    except (ValueError, RecursionError):
        return None
    return usable_keys(found[:MAX_KEYS]) if found else None
