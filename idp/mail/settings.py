"""Settings of mail: how it leaves, and in whose name."""

from dataclasses import dataclass

from idp.core.settings.declared import setting
from idp.mail.addresses import BadAddress, parse_mailbox
from idp.mail.mail_url import BadMailUrl, parse_mail_url


def _check_mail_url(value: str) -> str | None:
    """Return why ``value`` names no transport, or None."""
    try:
        parse_mail_url(value)
    except BadMailUrl as error:
        return str(error)
    return None


def _check_mailbox(value: str) -> str | None:
    """Return why ``value`` is no ``Name <address>``, or None."""
    try:
        parse_mailbox(value)
    except BadAddress as error:
        return str(error)
    return None


@dataclass(frozen=True)
class MailSettings:
    """The transport and the sender."""

    mail_url: str = setting(
        "",
        secret=True,
        check=_check_mail_url,
        doc="`outbox:`, `console:`, `file:///path.jsonl`, `smtp://host:port`, "
        "`smtps://…` or `smtp+starttls://user:password@host`.",
        default_doc="`outbox:` in development",
    )
    mail_from: str = setting(
        "",
        check=_check_mailbox,
        doc="Sender of all mail, like `Example <login@example.com>`. An address alone "
        "has the name of the server: that of its branding, else `IDP_ISSUER_NAME`.",
        default_doc="`no-reply@` and the issuer's host",
    )
    mail_smtputf8: bool = setting(
        False,
        doc="The SMTP server takes addresses with letters beyond ASCII before the @ "
        "(SMTPUTF8, RFC 6531). Off: such an address is refused when it is given.",
    )
    mail_reply_to: str | None = setting(
        None, check=_check_mailbox, doc="Where answers to our mail go."
    )
