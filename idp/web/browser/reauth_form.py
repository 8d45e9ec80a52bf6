"""What was typed, kept while its author proves who they are.

The values travel in the address of the page to come back to, sealed: nobody else can
read them, and they open only for the session and the page they were typed in.
"""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Response, request

from idp.accounts.sessions.find import LiveSession
from idp.core.context import current
from idp.core.sealing import Keyring, SealBroken
from idp.web.redirects import redirect_to

FIELD = "held"


def confirm_first(
    live: LiveSession, page: str, /, **values: str | list[str]
) -> Response:
    """Send a person to confirm who they are, and then back to ``page``.

    That is a path, which may have a query. ``values`` are what they typed there, lists
    of what they ticked of several; never a password.
    """
    path, _, query = page.partition("?")
    kept = dict(parse_qsl(query, keep_blank_values=True))
    if values:
        kept[FIELD] = _seal(values, _binding(live, path))
    back = f"{path}?{urlencode(kept)}" if kept else path
    return redirect_to(f"/account/confirm?{urlencode({'return_to': back})}")


def reauth_form_values(live: LiveSession) -> dict[str, Any]:
    """Return what was typed on this page before its author went to confirm."""
    sealed = request.args.get(FIELD, "")
    try:
        raw = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        opened = current(Keyring).open(raw, bound_to=_binding(live, request.path))
    except (SealBroken, ValueError):
        return {}
    values: dict[str, Any] = json.loads(zlib.decompress(opened))
    return values


def _seal(values: dict[str, str | list[str]], bound_to: str) -> str:
    """Return values as text for a URL, which opens only where it is bound to."""
    short = zlib.compress(json.dumps(values).encode())  # proxies cut addresses at 8 KB
    sealed = current(Keyring).seal(short, bound_to=bound_to)
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def _binding(live: LiveSession, page: str) -> str:
    """Name what a sealed value belongs to."""
    return f"{FIELD}:{live.id}:{page}"
