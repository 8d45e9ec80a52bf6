"""Copies of pending requests that ride in forms, for when the stored one has expired.

A copy is ``<base64url JSON>.<mac>``. It holds nothing that the browser did not send
before, so it is signed, not encrypted.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta

from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.sealing import Keyring
from idp.oauth.authorization import pending as pending_requests
from idp.oauth.authorization.pending import (
    BoundToOtherBrowser,
    PendingRequest,
    PendingState,
)
from idp.oauth.protocol.parameters import restore_parameters
from idp.oauth.settings import OAuthSettings

PURPOSE = "authorization-request"
LONGEST_WAIT = timedelta(days=7)


def signed_copy(pending: PendingRequest) -> str:
    """Return the copy of a pending request."""
    content = {
        "created_at": pending.created_at.isoformat(),
        "parameters": pending.parameters.as_json(),
    }
    encoded = urlsafe_b64encode(json.dumps(content).encode()).decode()
    return f"{encoded}.{current(Keyring).mac(PURPOSE, encoded)}"


def renewed_path(
    path: str,
    found: PendingRequest | BoundToOtherBrowser | None,
    *,
    copy: str,
    browser: str,
    ip: str | None,
) -> str:
    """Return ``path``, or a new one where the request that it leads to has expired.

    ``found`` is what is stored of it. The request is restored from its signed copy, for
    ``browser`` (a cookie's digest) at ``ip``.
    """
    gone = found is None and pending_requests.is_path(path)
    expired = isinstance(found, PendingRequest) and found.state is PendingState.EXPIRED
    restored = _restore(copy, browser=browser, ip=ip) if gone or expired else None
    return restored.path if restored else path


def _restore(copy: str, *, browser: str, ip: str | None) -> PendingRequest | None:
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
    return pending_requests.store(
        restore_parameters(content["parameters"]),
        browser=browser,
        ip=ip,
        created_at=max(created_at, now - lifetime),
    )
