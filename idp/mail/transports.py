"""How a mail leaves: what all transports promise, and those without a network."""

import errno
import json
import os
import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from idp.mail.mail_url import MailUrl
from idp.mail.settings import MailSettings

PRIVATE = 0o600  # what is written holds live links


@dataclass(frozen=True)
class OutgoingMessage:
    """One mail, rendered, on its way to one mailbox."""

    id: str
    recipient: str
    subject: str
    text: str
    html: str
    created_at: datetime
    server_name: str = ""  # whose mail it is, where the sender's address has no name


class Undeliverable(Exception):
    """A refusal that no further try will change."""


class TryLater(Exception):
    """A failure that may pass: the server is away, busy, or wrongly set up."""


class Transport(Protocol):
    """One way for mail to leave.

    ``keeps`` says that delivery means keeping the mail here to be read, so its
    values must stay in the outbox.
    """

    keeps: bool

    def deliver(self, message: OutgoingMessage) -> None:
        """Hand the mail over; raise Undeliverable or TryLater if that failed."""


class OutboxTransport:
    """Leaves mails where they are: /admin/outbox shows them, in development."""

    keeps = True

    def __init__(self, url: MailUrl, settings: MailSettings) -> None:
        """Need nothing."""

    def deliver(self, message: OutgoingMessage) -> None:
        """Do nothing: the mail has arrived."""


class ConsoleTransport:
    """Writes mails to standard output, to be read at a terminal."""

    keeps = False

    def __init__(self, url: MailUrl, settings: MailSettings) -> None:
        """Need nothing."""

    def deliver(self, message: OutgoingMessage) -> None:
        """Print recipient, subject and text."""
        head = f"To: {message.recipient}\nSubject: {message.subject}"
        sys.stdout.write(f"\n{head}\n\n{message.text}\n")
        sys.stdout.flush()


class FileTransport:
    """Appends mails to a file as JSON lines: to, subject, text, html."""

    keeps = False

    def __init__(self, url: MailUrl, settings: MailSettings) -> None:
        self.path = url.path

    def deliver(self, message: OutgoingMessage) -> None:
        """Append one line by one write, so that two workers never mix theirs."""
        line = json.dumps(
            {
                "to": message.recipient,
                "subject": message.subject,
                "text": message.text,
                "html": message.html,
            },
            ensure_ascii=False,
        )
        try:
            _append(self.path, f"{line}\n".encode())
        except OSError as error:
            raise TryLater(f"cannot write {self.path}: {error.strerror}") from error


def _append(path: str, line: bytes) -> None:
    """Append ``line`` to the file and wait until it is on the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE)
    try:
        if os.write(descriptor, line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
