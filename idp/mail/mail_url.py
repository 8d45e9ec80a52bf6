"""IDP_MAIL_URL: how mail leaves, written as a URL."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

SMTP_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
LOCAL = ("outbox", "console")
FORMS = (
    "outbox:, console:, file:///path.jsonl, smtp://host:port, smtps://host, "
    "smtp+starttls://user:password@host"
)
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class BadMailUrl(ValueError):
    """A mail URL that names no transport; the text never repeats its password."""


@dataclass(frozen=True)
class MailUrl:
    """A transport and where it leads; user and password are both given or both not."""

    scheme: str
    host: str = ""
    port: int = 0
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    path: str = ""


def parse_mail_url(text: str) -> MailUrl:
    """Return the parts of a mail URL; BadMailUrl says what is wrong with it."""
    scheme, colon, rest = text.partition(":")
    if scheme in LOCAL and colon and not rest.strip("/"):
        return MailUrl(scheme)
    if scheme == "file":
        return _parse_file_url(text)
    if scheme in SMTP_PORTS:
        return _parse_smtp_url(text)
    raise BadMailUrl(f"must be one of {FORMS}")


def _parse_file_url(text: str) -> MailUrl:
    """Return the file of ``file:///path``: absolute, on this machine."""
    parts = urlsplit(text)
    path = unquote(parts.path)
    if parts.netloc not in ("", "localhost") or path in ("", "/"):
        raise BadMailUrl("must name an absolute path: file:///path.jsonl")
    return MailUrl("file", path=path)


def _parse_smtp_url(text: str) -> MailUrl:
    """Return the server of an SMTP URL, its credentials percent-decoded."""
    try:
        parts = urlsplit(text)
        port = parts.port or SMTP_PORTS[parts.scheme]
    except ValueError:
        raise BadMailUrl(
            "has no readable port; write special characters of the user and the "
            "password percent-encoded (/ as %2F, @ as %40)"
        ) from None
    if not parts.hostname:
        raise BadMailUrl(f"must name a host: {parts.scheme}://mail.example.com")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise BadMailUrl(
            "must end after host and port; write special characters of the user and "
            "the password percent-encoded (/ as %2F, ? as %3F, # as %23)"
        )
    if bool(parts.username) != bool(parts.password):
        raise BadMailUrl("must have both a user and a password, or neither")
    if parts.password and parts.scheme == "smtp" and parts.hostname not in LOOPBACK:
        raise BadMailUrl(
            "would send the password in clear; use smtp+starttls:// or smtps://"
        )
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    if not (f"{user}{password}").isascii():
        raise BadMailUrl("must have a user and a password in ASCII")
    return MailUrl(parts.scheme, parts.hostname, port, user, password)
