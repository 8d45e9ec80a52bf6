"""Tables of the security slice."""

from idp.security.models.audit_event import AuditEvent

__all__ = ["AuditEvent"]
