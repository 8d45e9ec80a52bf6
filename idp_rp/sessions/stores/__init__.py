"""Where sessions are stored: SQL or Redis; in memory for one process alone."""

from idp_rp.sessions.stores.store import Record, Store

__all__ = ["Record", "Store"]
