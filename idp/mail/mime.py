"""A mail as a MIME message (RFC 5322, RFC 2046 §5.1.4, RFC 3834 §5)."""

from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy

from idp.mail.addresses import BadAddress, parse_address
from idp.mail.transports import OutgoingMessage, Undeliverable

LINE = 76  # RFC 2047 §2


class _Folded(EmailPolicy):
    """Folds subjects as ``email.header`` does: ``EmailPolicy`` loses spaces in them.

    It does so between encoded words, in other places in each Python.
    """

    def fold(self, name: str, value: str) -> str:
        """Return a header with its line ends."""
        return self._subject(value) if _is_subject(name) else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return the same as the generator of bytes wants it."""
        if _is_subject(name):
            return self._subject(value).encode("ascii")
        return super().fold_binary(name, value)

    def _subject(self, value: str) -> str:
        """Return a subject in encoded words, or as it is."""
        charset = "us-ascii" if value.isascii() else "utf-8"
        header = Header(value, charset, maxlinelen=LINE, header_name="Subject")
        return f"Subject: {header.encode(linesep=self.linesep)}{self.linesep}"


POLICY = _Folded(linesep=SMTP.linesep)


def compose(
    outgoing: OutgoingMessage, *, sender: Address, reply_to: Address | None
) -> EmailMessage:
    """Return the message: text and HTML as alternatives, marked as automatic.

    Date and Message-ID are the mail's own, so a second copy after a crash is known
    as one. The header classes refuse line breaks, so no value can add a header.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = sender
    message["To"] = _recipient(outgoing)
    if reply_to:
        message["Reply-To"] = reply_to
    message["Subject"] = outgoing.subject
    message["Date"] = outgoing.created_at
    message["Message-ID"] = f"<{outgoing.id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"  # Exchange's word for it
    message.set_content(outgoing.text)
    message.add_alternative(outgoing.html, subtype="html")
    return message


def sender_of(outgoing: OutgoingMessage, *, mailbox: Address) -> Address:
    """Return who writes: an address without a name has that of the server."""
    name = mailbox.display_name or outgoing.server_name
    return Address(name, mailbox.username, mailbox.domain)


def _is_subject(name: str) -> bool:
    """Tell whether a header is the subject."""
    return name.lower() == "subject"


def _recipient(outgoing: OutgoingMessage) -> Address:
    """Return whom the mail goes to: always exactly one mailbox."""
    try:
        return parse_address(outgoing.recipient)
    except BadAddress as error:
        raise Undeliverable("the recipient is no mail address") from error
