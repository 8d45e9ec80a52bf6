"""Tables of the federation slice."""

from idp.federation.models.link_change import LinkChange
from idp.federation.models.linked_identity import LinkedIdentity
from idp.federation.models.provider_row import ProviderRow
from idp.federation.models.upstream_request import UpstreamRequest
from idp.federation.models.upstream_session import UpstreamSession
from idp.federation.models.waiting_identity import WaitingIdentity

__all__ = [
    "LinkChange",
    "LinkedIdentity",
    "ProviderRow",
    "UpstreamRequest",
    "UpstreamSession",
    "WaitingIdentity",
]
