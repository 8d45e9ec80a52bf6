"""Tables of the security slice."""

from idp.security.models.audit_event import AuditEvent
from idp.security.models.counter import Counter
from idp.security.models.refusal import RefusalCount, StoredRefusal

__all__ = ["AuditEvent", "Counter", "RefusalCount", "StoredRefusal"]
