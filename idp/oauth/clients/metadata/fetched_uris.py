"""URLs in client metadata that this server itself will request (security.md §8)."""

from collections.abc import Iterator, Mapping
from typing import Any

from idp.core.context import current
from idp.core.errors import FieldError
from idp.core.text import worded
from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from idp.security import audit
from idp.security.outbound.client import Blocked, Outbound

FETCHED = ("backchannel_logout_uri", "jwks_uri")


def unreachable(metadata: Mapping[str, Any]) -> Iterator[FieldError]:
    """Yield the members that would lead into this machine or its network.

    A name that does not resolve now may do so later: every request checks again.
    """
    reached = current(Outbound).for_operators()
    for name in FETCHED:
        uri = metadata.get(name)
        found = reached.check(uri) if isinstance(uri, str) else None
        if isinstance(found, Blocked):
            audit.note("ssrf.blocked", outcome="refused", host=found.host, member=name)
            message = worded(
                "must be https on a public address or in IDP_OUTBOUND_NETWORKS (in "
                "development IDP_ALLOW_LOOPBACK_FETCH opens this machine)"
            )
            yield FieldError(name, InvalidClientMetadata.code, message)
