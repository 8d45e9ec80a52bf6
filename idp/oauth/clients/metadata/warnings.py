"""What an operator should know about metadata that is taken all the same (pure)."""

from collections.abc import Iterator, Mapping
from typing import Any

from idp.core.text import Worded, worded
from idp.oauth.clients.metadata.members import REDIRECT_FIELDS
from idp.oauth.protocol.redirect_uris import has_short_scheme


def warnings_of(metadata: Mapping[str, Any]) -> list[Worded]:
    """Return them, each a sentence."""
    return list(dict.fromkeys(_short_schemes(metadata)))


def _short_schemes(metadata: Mapping[str, Any]) -> Iterator[Worded]:
    """Yield that a private scheme is no domain; code is safe there by PKCE alone."""
    for name in REDIRECT_FIELDS:
        for uri in metadata.get(name) or ():
            if has_short_scheme(uri):
                yield worded(
                    "Any app on the device may take the scheme of %(uri)s for its own: "
                    "a domain of yours, reversed, like com.example.app, is safer.",
                    uri=uri,
                )
