"""Where a mailed link leads on to, as a program asks for it."""

from idp.core.context import current
from idp.core.settings.server import ServerSettings
from idp.security import audit
from idp.web.redirects import local_path


def path_of(return_url: str | None) -> str:
    """Return the path on this server that a URL names; empty for any other URL.

    A foreign one is noted and not followed (security.md §7).
    """
    if not return_url:
        return ""
    issuer = current(ServerSettings).issuer
    here = return_url.startswith(f"{issuer}/")
    wanted = return_url.removeprefix(issuer) if here else return_url
    path = local_path(wanted, default="")
    if not path:
        audit.record("redirect.rejected", outcome="refused", parameter="return_url")
    return path
