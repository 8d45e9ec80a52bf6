"""Tables of the security slice."""

from idp.security.models.audit_event import AuditEvent
from idp.security.models.counter import Counter

__all__ = ["AuditEvent", "Counter"]
