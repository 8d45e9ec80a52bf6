"""The keys of clients: registered with them, or fetched from their ``jwks_uri``."""

from collections.abc import Iterator

from idp.oauth.clients.view import ClientView
from idp.security.jwks import PublicKey
from idp.security.published_keys import fitting, published_candidates


def candidates(
    client: ClientView, *, kid: str | None, algorithm: str
) -> Iterator[PublicKey]:
    """Yield the keys by which a client may have signed, the likeliest first.

    A ``kid`` names the key (RFC 7515 §4.1.4); without one every key that fits is tried.
    """
    if client.jwks_uri is None:
        yield from fitting(client.own_keys, kid=kid, algorithm=algorithm)
    else:
        yield from published_candidates(client.jwks_uri, kid=kid, algorithm=algorithm)
