"""What a form made and a page shows once: it travels in a cookie, sealed.

A form is answered by a redirection, so that loading the page again makes nothing more.
Nothing is stored here. The cookie opens on that page alone, in the session that sent
the form, within some minutes, and the page takes it away.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import Response, after_this_request, request

from idp.core.clock import unix, utcnow
from idp.core.context import current
from idp.core.sealing import Keyring, SealBroken
from idp.web.browser.cookies import cookie_names, drop_cookie, set_cookie
from idp.web.browser.session import get_session
from idp.web.http.probes import is_probe
from idp.web.redirects import redirect_to

SECONDS = 300
UNTIL = "until"


def show_once(page: str, **values: str) -> Response:
    """Lead to a page of ours that shows these values once."""
    response = redirect_to(page)
    kept = json.dumps({**values, UNTIL: unix(utcnow()) + SECONDS}).encode()
    sealed = current(Keyring).seal(kept, bound_to=_binding(page))
    value = urlsafe_b64encode(sealed).decode()
    set_cookie(response, cookie_names().once, value=value, max_age=SECONDS)
    return response


def take_shown() -> dict[str, str] | None:
    """Return what this page is to show, for the only time; None if it was shown."""
    sealed = request.cookies.get(cookie_names().once)
    if not sealed or is_probe():
        return None
    after_this_request(_forget)
    try:
        raw = urlsafe_b64decode(sealed)
        opened = current(Keyring).open(raw, bound_to=_binding(request.path))
    except (SealBroken, ValueError):
        return None
    values = json.loads(opened)
    return values if values.pop(UNTIL) > unix(utcnow()) else None


def _binding(page: str) -> str:
    """Name what a sealed value belongs to."""
    return f"once:{get_session().id}:{page}"


def _forget(response: Response) -> Response:
    """Take the cookie from the browser."""
    drop_cookie(response, cookie_names().once)
    return response
