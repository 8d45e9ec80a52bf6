"""What of a refused request may be kept (pure): never a secret, code, token or name.

A value stands as it was sent where the specifications make it public. What proves
something is told by its length and the first eight hex digits of its SHA-256, so that
whoever holds it can tell whether it is the same. Of all else the name alone is kept.
"""

import re
from base64 import b64decode
from collections.abc import Iterable
from itertools import islice
from urllib.parse import unquote_plus

from idp.core.randomness import digest

MOST_NAMES = 32
MOST_SHOWN = 300
SENT, OTHERS = "sent", "others"

AS_SENT = frozenset(
    {
        *("acr_values", "client_assertion_type", "client_id", "code_challenge_method"),
        *("connection", "display", "grant_type", "max_age", "organization"),
        *("post_logout_redirect_uri", "prompt", "redirect_uri", "resource"),
        *("response_mode", "response_type", "scope", "token_type_hint", "ui_locales"),
    }
)
PROVES_SOMETHING = frozenset(
    {
        *("access_token", "client_assertion", "client_secret", "code"),
        *("code_challenge", "code_verifier", "device_code", "id_token_hint"),
        *("logout_token", "nonce", "refresh_token", "request", "state"),
        *("subject_token", "token"),
    }
)
# Of other fields the name alone is kept, and of these alone: a name may be a secret
# that was sent in the wrong place.
NAMED = AS_SENT | PROVES_SOMETHING
FIELDS = NAMED | {
    *(
        "accept_terms",
        "act",
        "attributes",
        "csrf_token",
        "current_password",
        "decision",
    ),
    *("email", "login", "name", "new_email", "new_password", "note", "password"),
    *("remember", "return_to", "send", "user_code", "username"),
}
URIS = frozenset({"post_logout_redirect_uri", "redirect_uri", "resource"})
SCHEMES = frozenset({"basic", "bearer", "digest", "dpop", "negotiate"})
# Long runs without a break are made by machines: a secret in the wrong place.
SECRET = re.compile(r"[A-Za-z0-9_~+=-]{40,}|eyJ[A-Za-z0-9_-]+\.|://[^/?#\s]*@")
BEHIND_PATH = re.compile(r"[?#]\S*")


def received_parameters(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return what was sent by name; of names that are none of ours, that some were.

    Of one that came several times the last stands.
    """
    told: dict[str, str] = {}
    for name, value in islice(pairs, MOST_NAMES):
        if name in FIELDS:
            told[name] = _received_value(name, value)
        else:
            told[OTHERS] = SENT
    return told


def received_names(names: Iterable[str]) -> dict[str, str]:
    """Return that these were sent: fields of forms, whose values are their senders'."""
    return {
        name if name in FIELDS else OTHERS: SENT for name in islice(names, MOST_NAMES)
    }


def received_authorization(header: str) -> str:
    """Return what may be kept of an Authorization header."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() not in SCHEMES:
        return f"of an unknown scheme, {_fingerprint(header)}"
    if scheme.lower() != "basic":
        return f"{scheme.capitalize()}, {_fingerprint(rest)}"
    try:
        name, _, secret = b64decode(rest.strip(), validate=True).decode().partition(":")
    except ValueError:
        return f"Basic that cannot be read, {_fingerprint(rest)}"
    held = _fingerprint(unquote_plus(secret)) if secret else "none"
    return f"Basic, client_id {_shown(unquote_plus(name))}, secret: {held}"


def shown_line(value: str) -> str:
    """Return what anybody may read of a request as a line: a path, an origin."""
    return _shown(value)


def _received_value(name: str, value: str) -> str:
    """Return what may be kept of a value."""
    if not value:
        return "empty"
    if name in AS_SENT:
        return _shown(BEHIND_PATH.sub("", value) if name in URIS else value)
    return _fingerprint(value) if name in PROVES_SOMETHING else SENT


def _fingerprint(value: str) -> str:
    """Return how long a value is, and how its SHA-256 begins."""
    known_by = digest(value.encode("utf-8", "replace").decode())
    return f"{len(value)} characters, SHA-256 {known_by[:8]}"


def _shown(value: str) -> str:
    """Return a public value as a line; what looks like a secret is none of those."""
    line = BEHIND_PATH.sub("", value) if "://" in value else value
    if SECRET.search(line):
        return _fingerprint(value)
    cut = line[:MOST_SHOWN].encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in cut)
