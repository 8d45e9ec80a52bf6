"""Settings of mail: how it leaves, and in whose name."""

from dataclasses import dataclass

from idp.core.settings import setting

SCHEMES = ("outbox:", "console:", "file://", "smtp://", "smtps://", "smtp+starttls://")


def check_mail_url(value: str) -> str | None:
    """Return why ``value`` names no transport, or None."""
    if value.startswith(SCHEMES):
        return None
    return f"must start with one of {', '.join(SCHEMES)}"


@dataclass(frozen=True)
class MailSettings:
    """The transport and the sender."""

    mail_url: str = setting(
        "",
        secret=True,
        check=check_mail_url,
        doc="`outbox:`, `console:`, `file:///path.jsonl`, `smtp://host:port`, "
        "`smtps://…` or `smtp+starttls://user:password@host`.",
        default_doc="`outbox:` in development",
    )
    mail_from: str = setting(
        "",
        doc="Sender of all mail, like `Example <login@example.com>`.",
        default_doc="`no-reply@` and the issuer's host",
    )
    mail_reply_to: str | None = setting(None, doc="Where answers to our mail go.")
