"""One sign-in from beginning to end, and what is done with its tokens."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from idp.demo.experiments import REUSED_CODE, WRONG_VERIFIER, Experiment
from idp.demo.relying_party import (
    Attempt,
    ProviderMetadata,
    RefusedError,
    RelyingParty,
    TokenSet,
)


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A sign-in that is under way, with the fault it carries, if any."""

    attempt: Attempt
    provider: ProviderMetadata
    experiment: Experiment | None


@dataclass(frozen=True, kw_only=True)
class SignInResult:
    """The result of a finished sign-in."""

    provider: ProviderMetadata
    tokens: TokenSet
    claims: Mapping[str, object]
    userinfo: Mapping[str, object] | None = None


def finish(
    pending: Pending, *, party: RelyingParty, answer: Mapping[str, str]
) -> SignInResult:
    """Turn an authorization response into tokens whose ID token was verified.

    Refused with RefusedError: what the issuer refused, what this client must not
    believe, and every sign-in that carries a fault on purpose.
    """
    code = party.code_from(answer, provider=pending.provider)
    if pending.experiment is not None:
        _redeem_badly(code, pending=pending, party=party)
    tokens = party.redeem(
        pending.provider, code=code, code_verifier=pending.attempt.code_verifier
    )
    claims = party.verify_id_token(
        pending.provider, id_token=tokens.id_token, nonce=pending.attempt.nonce
    )
    return SignInResult(provider=pending.provider, tokens=tokens, claims=claims)


def refreshed(signed_in: SignInResult, *, party: RelyingParty) -> SignInResult:
    """Use the refresh token; what the answer leaves out stays (RFC 6749 §6)."""
    old = signed_in.tokens
    new = party.refresh(signed_in.provider, refresh_token=old.refresh_token or "")
    tokens = replace(
        new,
        refresh_token=new.refresh_token or old.refresh_token,
        id_token=new.id_token or old.id_token,
        scope=new.scope or old.scope,
    )
    if new.id_token is None:
        return replace(signed_in, tokens=tokens)
    claims = party.verify_id_token(
        signed_in.provider, id_token=new.id_token, nonce=None
    )
    _require_same_person(claims, signed_in)
    return replace(signed_in, tokens=tokens, claims=claims)


def with_userinfo(signed_in: SignInResult, *, party: RelyingParty) -> SignInResult:
    """Ask userinfo; an answer about somebody else is refused (OIDC Core §5.3.2)."""
    answer = party.userinfo(
        signed_in.provider, access_token=signed_in.tokens.access_token
    )
    _require_same_person(answer, signed_in)
    return replace(signed_in, userinfo=answer)


def _redeem_badly(code: str, *, pending: Pending, party: RelyingParty) -> None:
    """Redeem the code with the experiment's fault; it never ends in a sign-in."""
    fault = pending.experiment.name if pending.experiment else ""
    honest = pending.attempt.code_verifier
    verifier = Attempt().code_verifier if fault == WRONG_VERIFIER else honest
    party.redeem(pending.provider, code=code, code_verifier=verifier)
    if fault == REUSED_CODE:
        party.redeem(pending.provider, code=code, code_verifier=verifier)
    raise RefusedError(
        error="nothing_refused",
        description="The issuer accepted what it should refuse: that is a fault in it.",
    )


def _require_same_person(claims: Mapping[str, object], signed_in: SignInResult) -> None:
    if claims.get("sub") != signed_in.claims.get("sub"):
        raise RefusedError(
            error="sub_mismatch",
            description="The answer speaks of somebody else than the one signed in.",
        )
