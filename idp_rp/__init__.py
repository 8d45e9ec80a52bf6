"""Backend for frontend: sign-in for a single-page app that never holds a token."""

from idp_rp.bff import Bff
from idp_rp.settings import Api, BffSettings, Limits

__all__ = ["Api", "Bff", "BffSettings", "Limits"]
