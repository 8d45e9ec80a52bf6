"""Mails that anybody may ask for by typing an address.

Whether there is an account shows in no answer, and not in its time either: the request
leaves one row, whatever the address. The worker finds out whose it is.
"""

from sqlalchemy import insert

from idp.accounts import mail_limits
from idp.accounts.models import MailRequest
from idp.accounts.names import email_key
from idp.core.clock import utcnow
from idp.core.db import db, table_of
from idp.core.randomness import new_id
from idp.core.text import is_line
from idp.security.requester import Requester

WAITLIST = "waitlist"
LONGEST_ADDRESS = 254
LONGEST_PATH = 2048

requests = table_of(MailRequest)

ADD = insert(requests)


def ask(
    purpose: str,
    address: str,
    *,
    return_to: str,
    requester: Requester,
    bound_to: str | None = None,
    note: str | None = None,
    client_id: str | None = None,
) -> None:
    """Store a request for a mail, unless the address had its share of them.

    What could be no address is dropped, as one without an account would be. Raises
    RateLimited for a requester who asks for many. ``bound_to`` is the digest of what
    they keep, where what is mailed is for them alone; ``note`` and ``client_id``
    are for the waitlist.
    """
    allowed = mail_limits.may_mail(address, requester=requester)
    key = email_key(address) if is_line(address) else ""
    if not allowed or not key or len(key) > LONGEST_ADDRESS:
        return
    row = {
        "id": new_id(),
        "purpose": purpose,
        "address": key,
        "return_to": return_to if len(return_to) <= LONGEST_PATH else "",
        "language": requester.language,
        "user_agent": requester.user_agent,
        "ip": requester.ip,
        "bound_to": bound_to,
        "note": note,
        "client_id": client_id,
        "created_at": utcnow(),
    }
    db.session.execute(ADD, row)
