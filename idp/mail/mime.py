"""A mail as a MIME message (RFC 5322, RFC 2046 §5.1.4, RFC 3834 §5)."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from idp.mail.addresses import BadAddress, parse_address
from idp.mail.transports import OutgoingMessage, Undeliverable


def compose(
    outgoing: OutgoingMessage, *, sender: Address, reply_to: Address | None
) -> EmailMessage:
    """Return the message: text and HTML as alternatives, marked as automatic.

    Date and Message-ID are the mail's own, so a second copy after a crash is known
    as one. The header classes refuse line breaks, so no value can add a header.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = _recipient(outgoing)
    if reply_to:
        message["Reply-To"] = reply_to
    message["Subject"] = outgoing.subject
    message["Date"] = outgoing.created_at
    message["Message-ID"] = f"<{outgoing.id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(outgoing.text)
    message.add_alternative(outgoing.html, subtype="html")
    return message


def _recipient(outgoing: OutgoingMessage) -> Address:
    """Return whom the mail goes to: always exactly one mailbox."""
    try:
        return parse_address(outgoing.recipient)
    except BadAddress as error:
        raise Undeliverable("the recipient is no mail address") from error
