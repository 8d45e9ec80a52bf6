"""Mail over SMTP (RFC 5321), encrypted from the start or by STARTTLS (RFC 3207)."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage

from idp.mail.addresses import parse_mailbox
from idp.mail.mail_url import MailUrl
from idp.mail.mime import compose, sender_of
from idp.mail.settings import MailSettings
from idp.mail.transports import OutgoingMessage, TryLater, Undeliverable

TIMEOUT_SECONDS = 10.0  # of each step of the conversation
PERMANENT = 500  # replies from here on are final (RFC 5321 §4.2.1)


class SmtpTransport:
    """One connection for each mail, with certificates verified."""

    keeps = False

    def __init__(self, url: MailUrl, settings: MailSettings) -> None:
        self.url = url
        self.sender = parse_mailbox(settings.mail_from)
        reply_to = settings.mail_reply_to
        self.reply_to = parse_mailbox(reply_to) if reply_to else None

    def deliver(self, message: OutgoingMessage) -> None:
        """Send the mail.

        Only a refusal of this recipient or of this message is final. Whatever the
        server says of us (its login, our sender address) is a fault of the set-up,
        which an operator can mend before the mail is too old.
        """
        sender = sender_of(message, mailbox=self.sender)
        composed = compose(message, sender=sender, reply_to=self.reply_to)
        with self.connection() as server:
            _send(server, composed)

    @contextmanager
    def connection(self) -> Iterator[smtplib.SMTP]:
        """Open a connection that is ready to send."""
        try:
            server = self.connect()
        except (smtplib.SMTPException, OSError) as error:
            raise TryLater(_told(error)) from error
        try:
            yield server
        finally:
            # The mail's fate is known by now; a lost good-bye must not change it.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()

    def connect(self) -> smtplib.SMTP:
        """Connect, encrypt and log in as the URL says."""
        url, name = (
            self.url,
            self.sender.domain,
        )  # looking up our own name may take long
        if url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                url.host,
                url.port,
                name,
                timeout=TIMEOUT_SECONDS,
                context=ssl.create_default_context(),
            )
        else:
            server = smtplib.SMTP(url.host, url.port, name, timeout=TIMEOUT_SECONDS)
        try:
            if url.scheme == "smtp+starttls":
                server.starttls(context=ssl.create_default_context())
            if url.user and url.password:
                server.login(url.user, url.password)
        except BaseException:
            server.close()
            raise
        return server


def _send(server: smtplib.SMTP, message: EmailMessage) -> None:
    """Send one message over an open connection."""
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, reply = next(iter(error.recipients.values()))
        raise _refusal(code, reply) from error
    except smtplib.SMTPDataError as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Undeliverable("the mail server has no SMTPUTF8") from error
    except (smtplib.SMTPException, OSError) as error:
        raise TryLater(_told(error)) from error


def _refusal(code: int, reply: bytes | str) -> Undeliverable | TryLater:
    """Return what an SMTP reply means for the mail."""
    kind = Undeliverable if code >= PERMANENT else TryLater
    return kind(f"{code} {_words(reply)}")


def _told(error: Exception) -> str:
    """Return an error's text; smtplib keeps the server's reply as bytes."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _words(reply: bytes | str) -> str:
    """Return a reply of the server as text."""
    return reply.decode(errors="replace") if isinstance(reply, bytes) else reply
