"""The values of a mail as its row holds them: sealed, because links and codes work."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from idp.core.db import table_of
from idp.core.sealing import Keyring, SealedColumn
from idp.mail.models import OutboxMessage

SEALED = SealedColumn(table_of(OutboxMessage).c.values_sealed, "outbox_messages:{id}")


@dataclass(frozen=True)
class MessageValues:
    """What a message is given; see ``messages.Message``.

    ``requester`` is a ``Requester.description``: browser, system, network. ``names``
    are as they were given, for ``rendering`` to show or leave out. ``return_to`` is
    the path that the link goes on with: an app may wait there.
    """

    link: str
    code: str | None = None
    expires_at: datetime | None = None
    display_name: str | None = None
    requester: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    return_to: str = ""


def seal_values(values: MessageValues, *, mail_id: str, keyring: Keyring) -> bytes:
    """Return the values encrypted; they open in the row of this mail alone."""
    expires_at = values.expires_at and values.expires_at.isoformat()
    written = json.dumps(vars(values) | {"expires_at": expires_at})
    return keyring.seal(written.encode(), bound_to=_row_of(mail_id))


def open_values(sealed: bytes, *, mail_id: str, keyring: Keyring) -> MessageValues:
    """Return what ``seal_values`` was given; raises SealBroken."""
    found = json.loads(keyring.open(sealed, bound_to=_row_of(mail_id)))
    expires_at = found["expires_at"] and datetime.fromisoformat(found["expires_at"])
    return MessageValues(**found | {"expires_at": expires_at})


def _row_of(mail_id: str) -> str:
    """Return what a mail's values are bound to."""
    return SEALED.bound_to(id=mail_id)
