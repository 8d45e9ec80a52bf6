"""private_key_jwt: a client proves itself by a signature (RFC 7523 §2.2, §3).

The rules are those of security.md §4: the audience is this server's issuer and nothing
else, so that no other server a client talks to can use what the client sends it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn, TypeGuard

from joserfc.errors import JoseError
from joserfc.jws import CompactSignature, extract_compact, validate_compact

from idp.core.clock import unix, utcnow
from idp.core.context import current
from idp.core.db import add_if_absent, db, table_of
from idp.core.randomness import digest
from idp.core.settings.server import ServerSettings
from idp.oauth.clients.cache import printable
from idp.oauth.clients.keys import candidates
from idp.oauth.clients.view import ClientView
from idp.oauth.models import SpentAssertion
from idp.security.jwks import ALGORITHMS, Algorithms

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ENDPOINT = "/oauth2/token"
MAX_BYTES = 8192
MAX_JTI = 255
LONGEST_SECONDS = 3600
SKEW_SECONDS = 30  # how far a client's clock may be off
UNTRUSTED_HEADERS = frozenset({"crit", "jku", "jwk", "x5u", "x5c"})

# Members that are not ours to understand are no harm (RFC 7515 §4): x5t, for one.
REGISTRY = Algorithms(algorithms=ALGORITHMS, strict_check_header=False)
spent = table_of(SpentAssertion)


class BadAssertion(Exception):
    """Why an assertion proves nothing: a word for the log, a sentence for the client.

    The sentence is only for a client that has shown its key.
    """

    def __init__(self, reason: str, explanation: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.explanation = explanation


@dataclass(frozen=True)
class Assertion:
    """A client assertion that was parsed; nothing in it is proven yet."""

    parsed: CompactSignature
    claims: Mapping[str, Any]

    @property
    def client_id(self) -> str | None:
        """The client that it speaks of, if that could be one."""
        subject = self.claims.get("sub")
        return subject if isinstance(subject, str) and printable(subject) else None


def parse(raw: str) -> Assertion:
    """Return an assertion whose form we accept; raise BadAssertion."""
    if len(raw) > MAX_BYTES or not raw.isascii():
        raise BadAssertion("malformed")
    try:
        parsed = extract_compact(raw.encode(), registry=REGISTRY)
        claims = json.loads(parsed.payload, parse_constant=_refuse_constant)
    except (JoseError, ValueError, RecursionError) as error:
        raise BadAssertion("malformed") from error
    if not isinstance(claims, dict):
        raise BadAssertion("malformed")
    return Assertion(parsed, claims)


def check(assertion: Assertion, client: ClientView) -> None:
    """Let an assertion pass once; raise BadAssertion for what proves nothing."""
    _check_signature(assertion.parsed, client)
    now = utcnow()
    problem = _claims_problem(
        assertion.claims,
        client_id=client.client_id,
        audiences=_audiences_of(client),
        now=unix(now),
    )
    if problem:
        raise problem
    if not _spend(assertion.claims, client_id=client.client_id):
        raise BadAssertion("replayed", "jti was used before: make one assertion each.")


def _refuse_constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which JSON does not have (RFC 8259 §6)."""
    raise ValueError(name)


def _check_signature(parsed: CompactSignature, client: ClientView) -> None:
    """Raise BadAssertion unless a key of the client has signed, as it registered."""
    header = parsed.headers()
    algorithm, kid = header.get("alg"), header.get("kid")
    if UNTRUSTED_HEADERS & header.keys():
        raise BadAssertion("untrusted_header")
    if not isinstance(algorithm, str) or algorithm not in _allowed_for(client):
        raise BadAssertion("algorithm")
    if kid is not None and not isinstance(kid, str):
        raise BadAssertion("malformed")
    tried = False
    for candidate in candidates(client, kid=kid, algorithm=algorithm):
        tried = True
        if _signed_by(parsed, candidate.key):
            return
    raise BadAssertion("signature" if tried else "unknown_key")


def _allowed_for(client: ClientView) -> tuple[str, ...]:
    """Return the algorithms that a client may sign with: the one it registered."""
    registered = client.token_endpoint_auth_signing_alg
    return (registered,) if registered else ALGORITHMS


def _signed_by(parsed: CompactSignature, key: Any) -> bool:
    """Tell whether a key made the signature."""
    try:
        return validate_compact(parsed, key, registry=REGISTRY)
    except (JoseError, ValueError):
        return False


def _audiences_of(client: ClientView) -> tuple[str, ...]:
    """Return which audience a client may name (RFC 7523 §3; security.md §4)."""
    issuer = current(ServerSettings).issuer
    if client.client_assertion_aud == "token_endpoint":
        return issuer, issuer + ENDPOINT
    return (issuer,)


def _claims_problem(
    claims: Mapping[str, Any], *, client_id: str, audiences: tuple[str, ...], now: int
) -> BadAssertion | None:
    """Return what is wrong with the claims of an assertion (RFC 7523 §3)."""
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        return BadAssertion("subject", "iss and sub must both be the client_id.")
    if not _names_one_of(audiences, claims.get("aud")):
        return _wrong_audience(audiences[0], claims.get("aud"))
    if not _is_name(claims.get("jti")):
        return BadAssertion("jti", f"jti must be text of 1 to {MAX_JTI} characters.")
    return _time_problem(claims, now=now)


def _is_name(jti: Any) -> bool:
    """Tell whether ``jti`` can name an assertion (RFC 7519 §4.1.7)."""
    return isinstance(jti, str) and 0 < len(jti) <= MAX_JTI and jti.isprintable()


def _names_one_of(audiences: tuple[str, ...], aud: Any) -> bool:
    """Tell whether ``aud`` is one of ours alone, by itself or in a list."""
    named = aud[0] if isinstance(aud, list) and len(aud) == 1 else aud
    return isinstance(named, str) and named in audiences


def _wrong_audience(issuer: str, aud: Any) -> BadAssertion:
    """Return the refusal of an audience; the log names the switch that would help."""
    hint = f"aud must be {issuer} and nothing else."
    if _names_one_of((issuer + ENDPOINT,), aud):
        return BadAssertion(
            "audience: client_assertion_aud is not token_endpoint", hint
        )
    return BadAssertion("audience", hint)


def _time_problem(claims: Mapping[str, Any], *, now: int) -> BadAssertion | None:
    """Return whether an assertion has expired, lives too long, or not yet."""
    exp = claims.get("exp")
    begins = [claims[name] for name in ("nbf", "iat") if name in claims]
    if not _is_moment(exp) or not all(map(_is_moment, begins)):
        return BadAssertion("time", "exp must be given, and be seconds as nbf and iat.")
    if exp <= now:
        return BadAssertion("expired", "The assertion has expired.")
    if exp > now + LONGEST_SECONDS + SKEW_SECONDS:
        return BadAssertion("too_long", "exp must be at most one hour ahead.")
    if max(begins, default=0) > now + SKEW_SECONDS:
        return BadAssertion("too_early", "nbf or iat lies in the future.")
    return None


def _is_moment(value: Any) -> TypeGuard[float]:
    """Tell whether ``value`` is a NumericDate (RFC 7519 §2)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _spend(claims: Mapping[str, Any], *, client_id: str) -> bool:
    """Use up an assertion; False when it, or another with its ``jti``, was used.

    Nothing else was written before, so what a used one began is given up: the refusal
    is counted on a connection of its own, which must not wait for this one.
    """
    row = {
        "digest": digest(f"{client_id}\0{claims['jti']}"),
        "expires_at": datetime.fromtimestamp(claims["exp"], UTC),
    }
    if add_if_absent(spent, row):
        return True
    db.session.rollback()
    return False
