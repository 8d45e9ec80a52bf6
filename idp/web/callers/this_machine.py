"""Who sits at the machine of a development server, where mail stays."""

from ipaddress import ip_address

from flask import request

from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.mail.settings import MailSettings

OUTBOX = "/admin/outbox"
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


def outbox_url() -> str | None:
    """Return where the mails of this server are read, None for who may not.

    The live links in these mails need no sign-in to be read, so that is only in
    development, with the ``outbox:`` mailer, for a loopback peer without a proxy.
    """
    kept = current(MailSettings).mail_url.startswith("outbox:")
    readable = current(ServerSettings).development and kept and _from_this_machine()
    return OUTBOX if readable else None


def _from_this_machine() -> bool:
    """Tell whether a loopback peer sent the request, and not for somebody else."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
