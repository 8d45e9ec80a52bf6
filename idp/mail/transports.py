"""How a letter leaves: what all transports promise, and those without a network."""

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
class Letter:
    """One message on its way to one person."""

    id: str
    recipient: str
    subject: str
    text: str
    html: str
    created_at: datetime


class Undeliverable(Exception):
    """A refusal that no further try will change."""


class TryLater(Exception):
    """A failure that may pass: the server is away, busy, or wrongly set up."""


class Transport(Protocol):
    """One way for mail to leave.

    ``keeps`` says that delivery means keeping the letter here to be read, so its
    bodies must stay in the outbox.
    """

    keeps: bool

    def deliver(self, letter: Letter) -> None:
        """Hand the letter over; raise Undeliverable or TryLater if that failed."""


class OutboxTransport:
    """Leaves letters where they are: /admin/outbox shows them, in development."""

    keeps = True

    def __init__(self, url: MailUrl, settings: MailSettings) -> None:
        """Need nothing."""

    def deliver(self, letter: Letter) -> None:
        """Do nothing: the letter has arrived."""


class ConsoleTransport:
    """Writes letters to standard output, for people at a terminal."""

    keeps = False

    def __init__(self, url: MailUrl, settings: MailSettings) -> None:
        """Need nothing."""

    def deliver(self, letter: Letter) -> None:
        """Print recipient, subject and text."""
        head = f"To: {letter.recipient}\nSubject: {letter.subject}"
        sys.stdout.write(f"\n{head}\n\n{letter.text}\n")
        sys.stdout.flush()


class FileTransport:
    """Appends letters to a file as JSON lines: to, subject, text, html."""

    keeps = False

    def __init__(self, url: MailUrl, settings: MailSettings) -> None:
        self.path = url.path

    def deliver(self, letter: Letter) -> None:
        """Append one line by one write, so that two workers never mix theirs."""
        line = json.dumps(
            {
                "to": letter.recipient,
                "subject": letter.subject,
                "text": letter.text,
                "html": letter.html,
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
