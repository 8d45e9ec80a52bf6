"""The published keys (RFC 7517): public members only, as prebuilt bytes."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from idp.core.randomness import digest_bytes

PUBLIC_MEMBERS = frozenset({"kty", "kid", "use", "alg", "n", "e", "crv", "x", "y"})


@dataclass(frozen=True)
class Document:
    """A JSON document that is sent as it is, with its strong entity tag."""

    body: bytes
    etag: str

    @classmethod
    def of(cls, content: dict[str, Any]) -> "Document":
        """Return the document of some content."""
        body = json.dumps(content, separators=(",", ":")).encode()
        tag = urlsafe_b64encode(digest_bytes(body)[:12]).decode()
        return cls(body, f'"{tag}"')


def published_document(rows: Iterable[Any]) -> Document:
    """Return the JWK set of stored keys; what is not known to be public stays out."""
    return Document.of(
        {
            "keys": [
                {k: v for k, v in row.public_jwk.items() if k in PUBLIC_MEMBERS}
                for row in rows
            ]
        }
    )
