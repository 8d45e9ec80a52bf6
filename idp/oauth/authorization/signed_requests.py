"""Copies of waiting requests that ride in forms, for when the stored one has expired.

A copy is ``<base64url JSON>.<mac>``. It holds nothing that the browser did not send
before, so it is signed, not encrypted.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta

from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.sealing import Keyring
from idp.oauth.authorization import pending as interactions
from idp.oauth.authorization.pending import Pending
from idp.oauth.protocol.parameters import restore_parameters
from idp.oauth.settings import OAuthSettings

PURPOSE = "authorization-request"
LONGEST_WAIT = timedelta(days=7)


def signed_copy(pending: Pending) -> str:
    """Return the copy of a waiting request."""
    content = {
        "created_at": pending.created_at.isoformat(),
        "parameters": pending.parameters.as_json(),
    }
    encoded = urlsafe_b64encode(json.dumps(content).encode()).decode()
    return f"{encoded}.{current(Keyring).mac(PURPOSE, encoded)}"


def restore(copy: str, *, browser: str) -> Pending | None:
    """Store the request of a copy once more; None if it is not ours, or too old.

    It keeps the time at which it was made, so that the sign-in just done for it still
    counts as new, but never one from longer ago than a request may wait.
    """
    encoded, _, mac = copy.partition(".")
    if not encoded.isascii() or not current(Keyring).genuine(
        PURPOSE, encoded, presented=mac
    ):
        return None
    content = json.loads(urlsafe_b64decode(encoded))
    created_at, now = datetime.fromisoformat(content["created_at"]), utcnow()
    if now - created_at > LONGEST_WAIT:
        return None
    lifetime = timedelta(seconds=current(OAuthSettings).interaction_seconds)
    return interactions.store(
        restore_parameters(content["parameters"]),
        browser=browser,
        created_at=max(created_at, now - lifetime),
    )
