"""Tables of the mail slice."""

from idp.mail.models.outbox_message import OutboxMessage

__all__ = ["OutboxMessage"]
