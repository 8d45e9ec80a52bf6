"""Mails that anybody may ask for by typing an address.

Whether there is an account shows in no answer, and not in its time either: the request
leaves one row, whatever the address. The worker finds out whose it is.
"""

from dataclasses import dataclass

from flask_babel import get_locale
from sqlalchemy import insert

from idp.accounts import mail_limits
from idp.accounts.models import MailRequest
from idp.accounts.names import email_key
from idp.core.clock import utcnow
from idp.core.db import db, table_of
from idp.core.randomness import new_id
from idp.core.text import is_line
from idp.security.caller import caller
from idp.security.requester import asker_name

LONGEST_ADDRESS = 254
LONGEST_PATH = 2048

requests = table_of(MailRequest)

ADD = insert(requests)


@dataclass(frozen=True)
class Asker:
    """Who asked for a mail: a browser, and the language it was shown."""

    language: str
    user_agent: str | None
    ip: str | None

    @property
    def browser(self) -> str | None:
        """Return what asked, and roughly from where, in the language that is set."""
        return asker_name(self.user_agent, self.ip)


def this_asker() -> Asker:
    """Return the browser of the current request."""
    who = caller()
    return Asker(str(get_locale()), who.user_agent, who.ip)


def ask(purpose: str, address: str, *, return_to: str) -> None:
    """Keep a wish for a mail, unless the address had its share of them.

    What could be no address is dropped, as one without an account would be. Raises
    RateLimited for a caller who asks for many.
    """
    allowed = mail_limits.may_mail(address)
    key = email_key(address) if is_line(address) else ""
    if not allowed or not key or len(key) > LONGEST_ADDRESS:
        return
    asker = this_asker()
    row = {
        "id": new_id(),
        "purpose": purpose,
        "address": key,
        "return_to": return_to if len(return_to) <= LONGEST_PATH else "",
        "language": asker.language,
        "user_agent": asker.user_agent,
        "ip": asker.ip,
        "created_at": utcnow(),
    }
    db.session.execute(ADD, row)
