"""Tables of the federation slice."""

from idp.federation.models.linked_identity import LinkedIdentity
from idp.federation.models.provider_row import ProviderRow

__all__ = ["LinkedIdentity", "ProviderRow"]
