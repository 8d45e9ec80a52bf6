"""Which addresses mail can be sent to from here."""

from idp.core.context import current
from idp.mail.mail_url import SMTP_PORTS, parse_mail_url
from idp.mail.settings import MailSettings


def can_carry(address: str) -> bool:
    """Tell whether the transport takes an address.

    Before the @ an SMTP server takes ASCII, more only with SMTPUTF8 (RFC 6531), which
    an operator has to say: to ask the server would take a connection.
    """
    settings = current(MailSettings)
    local, _, _ = address.rpartition("@")
    if local.isascii() or settings.mail_smtputf8:
        return True
    return parse_mail_url(settings.mail_url).scheme not in SMTP_PORTS
