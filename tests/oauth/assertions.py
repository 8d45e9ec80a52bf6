"""Client assertions as a client's own library makes them (RFC 7523 §2.2)."""

import json
import secrets

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from idp.core.clock import unix, utcnow

ISSUER = "https://idp.example"
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SIGNING = ("RS256", "PS256", "ES256", "EdDSA")


def new_key(algorithm: str = "ES256", *, kid: str | None = "one"):
    """Make a key pair for an algorithm."""
    parameters = {"kid": kid} if kid else None
    if algorithm == "ES256":
        return ECKey.generate_key("P-256", parameters)
    if algorithm == "EdDSA":
        return OKPKey.generate_key("Ed25519", parameters)
    return RSAKey.generate_key(2048, parameters)


def public_set(*keys) -> dict:
    """Return the JWK Set that shows keys to others."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


def signing_client(make, *keys, **metadata):
    """Register a machine that signs by any of ``keys``."""
    method = {"token_endpoint_auth_method": "private_key_jwt"}
    if "jwks_uri" not in metadata:
        method["jwks"] = public_set(*keys)
    return make.clients.machine_client(**(method | metadata))


def claims_for(client_id: str, **changed) -> dict:
    """Return good claims; ``changed`` replaces or (None) drops some."""
    now = unix(utcnow())
    good = {
        "iss": client_id,
        "sub": client_id,
        "aud": ISSUER,
        "jti": secrets.token_urlsafe(16),
        "exp": now + 300,
        "iat": now,
    }
    merged = good | changed
    return {name: value for name, value in merged.items() if value is not None}


def signed(claims: dict | str, key, *, algorithm="ES256", header=None) -> str:
    """Sign claims, or any text; ``header`` adds to the JWS header, or drops by None."""
    full = {"alg": algorithm, "kid": key.as_dict().get("kid")} | (header or {})
    full = {name: value for name, value in full.items() if value is not None}
    registry = jws.JWSRegistry(
        algorithms=[*SIGNING, "HS256", "none"], strict_check_header=False
    )
    payload = claims if isinstance(claims, str) else json.dumps(claims)
    return jws.serialize_compact(full, payload, key, registry=registry)


def assertion_form(assertion: str, **more) -> dict[str, str]:
    """Return the parameters that carry an assertion (RFC 7521 §4.2)."""
    return {"client_assertion_type": TYPE, "client_assertion": assertion} | more


def ask_for_token(http, assertion: str, **more):
    """Ask for a token about the client itself, proven by an assertion."""
    form = {"grant_type": "client_credentials"} | assertion_form(assertion) | more
    return http.post("/oauth2/token", data=form)
