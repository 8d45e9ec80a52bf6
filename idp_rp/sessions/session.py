"""What is known of a signed-in browser."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple, Self

from idp_rp.settings import Api

# Renewed a little early: a token must not expire on its way to the API.
EARLY_SECONDS: Final = 10
# Claims that say something to this client, and nothing about the user.
OF_THE_TOKEN: Final = frozenset(
    {"aud", "azp", "nonce", "at_hash", "c_hash", "s_hash", "exp", "iat", "nbf", "jti"}
)


class AccessToken(NamedTuple):
    """A token, and until when it is used, in seconds since 1970."""

    value: str
    used_until: float

    @classmethod
    def lasting(cls, value: str, seconds: int, *, now: float) -> Self:
        """Return a token that is given up a little before it ends."""
        return cls(value, now + max(seconds - EARLY_SECONDS, seconds / 2))


@dataclass(frozen=True, kw_only=True)
class Session:
    """One sign-in. ``tokens`` go by what they were asked for.

    ``nonce`` is that of the sign-in: an ID token of a refresh may have none.
    """

    id_token: str
    nonce: str
    profile: Mapping[str, Any]
    refresh_token: str | None
    tokens: Mapping[str, AccessToken]
    ends_at: float

    @property
    def id_claims(self) -> Mapping[str, Any]:
        """The claims of the ID token, which was believed when it came."""
        payload = self.id_token.split(".")[1]
        padded = payload + "=" * (-len(payload) % 4)
        found: Mapping[str, Any] = json.loads(base64.urlsafe_b64decode(padded))
        return found

    @property
    def claims(self) -> Mapping[str, Any]:
        """What the page is told of its user."""
        own = {k: v for k, v in self.id_claims.items() if k not in OF_THE_TOKEN}
        return {**self.profile, **own}

    @property
    def sub(self) -> str:
        """The user, at the issuer."""
        return str(self.id_claims["sub"])

    @property
    def sid(self) -> str | None:
        """The user's session at the issuer, where it names one."""
        found = self.id_claims.get("sid")
        return found if isinstance(found, str) else None

    @property
    def issued_at(self) -> float:
        """When the issuer made the ID token, by its own clock."""
        return float(self.id_claims["iat"])

    def token(self, target: str, *, now: float) -> str | None:
        """Return a token for a target that lasts long enough to be used."""
        found = self.tokens.get(target)
        return found.value if found and found.used_until > now else None

    def has_live_token(self, *, now: float) -> bool:
        """Tell whether any token lasts long enough to be used."""
        return any(self.token(target, now=now) for target in self.tokens)

    def having(self, target: str, token: AccessToken, *, refresh: str | None) -> Self:
        """Return the session with another token, and the refresh token's successor."""
        tokens = {**self.tokens, target: token}
        return replace(self, tokens=tokens, refresh_token=refresh or self.refresh_token)

    def dump(self) -> bytes:
        """Write it down."""
        return json.dumps(vars(self), separators=(",", ":")).encode()

    @classmethod
    def load(cls, written: bytes) -> Self | None:
        """Read what ``dump`` wrote; None for what another version did."""
        try:
            found = json.loads(written)
            tokens = {k: AccessToken(*pair) for k, pair in found["tokens"].items()}
            return cls(**{**found, "tokens": tokens})
        except (ValueError, KeyError, TypeError, AttributeError):
            return None


def target_of(api: Api) -> str:
    """Return what a token for an API is asked for with; APIs may share one."""
    return f"{api.resource or ''} {api.scope}".strip()
