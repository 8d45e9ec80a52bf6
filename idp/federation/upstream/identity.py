"""Who a provider says that somebody is, in the words of this server (pure)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from idp.accounts.names import canonical_email, email_problem
from idp.accounts.profile.fields import TEXT_FIELDS, Unfit, accepted
from idp.accounts.sessions.proofs import Method, Proof, read_proofs
from idp.federation.upstream.errors import UpstreamError
from idp.federation.upstream.id_tokens import SKEW_SECONDS, is_moment, is_subject

MOST_TEXT = 8192  # of a value of an attribute
SKEW = timedelta(seconds=SKEW_SECONDS)
MOST_GROUPS = 1000
TRUE = (True, "true")  # as text it comes from Apple, for one


@dataclass(frozen=True)
class UpstreamIdentity:
    """One user of a provider; ``subject`` is the key, which never changes there.

    ``profile`` holds what fits into ours, ``groups`` are as they are called there.
    ``attributes`` are what is said of those here, by key, and not judged yet.
    ``tokens`` are kept where an operator asks for that; ``session`` is the sign-in
    there that a notice of theirs may end, and ``id_token`` the hint where it can be
    ended from here.
    """

    provider_id: str
    subject: str
    proof: Proof
    email: str | None = None
    verified: bool = False
    profile: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    tokens: Mapping[str, Any] | None = field(default=None, repr=False)
    session: str | None = None
    id_token: str | None = field(default=None, repr=False)

    def stored(self) -> dict[str, Any]:
        """Return it as JSON that ``read_identity`` reads."""
        return asdict(self) | {"proof": self.proof.stored()}


def read_identity(stored: Mapping[str, Any]) -> UpstreamIdentity:
    """Return the identity that was stored."""
    [proof] = read_proofs([stored["proof"]])
    return UpstreamIdentity(
        **{**stored, "proof": proof, "groups": tuple(stored["groups"])}
    )


def subject_in(claims: Mapping[str, Any], claim: str) -> str:
    """Return the subject; one that is a number there is a name here."""
    value = claims.get(claim)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not is_subject(value):
        raise UpstreamError("sub")
    return value


def address_in(
    claims: Mapping[str, Any], names: Mapping[str, str]
) -> tuple[str | None, bool]:
    """Return the address that claims name, and whether the provider has proven it.

    None for what could be nobody's address here.
    """
    value = claims.get(names["email"])
    if not isinstance(value, str) or email_problem(canonical_email(value)):
        return None, False
    return canonical_email(value), claims.get(names["email_verified"]) in TRUE


def profile_in(claims: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    """Return what of the claims our profiles take; the rest is left out."""
    profile = {}
    for ours, theirs in names.items():
        if ours not in TEXT_FIELDS:
            continue
        try:
            value = accepted(ours, claims.get(theirs))
        except Unfit:
            continue
        if isinstance(value, str):
            profile[ours] = value
    return profile


def attributes_in(
    claims: Mapping[str, Any], mapped: Mapping[str, str]
) -> dict[str, Any]:
    """Return what claims say of attributes, by key: plain values, and lists of one.

    ``mapped`` says which claim is which attribute. What else is said is as good as an
    empty list: no attribute takes that.
    """
    said = {key: claims.get(theirs) for key, theirs in mapped.items()}
    return {
        key: value if _is_plain(value) else []
        for key, value in said.items()
        if value is not None
    }


def groups_in(claims: Mapping[str, Any], claim: str | None) -> tuple[str, ...]:
    """Return the groups that a claim lists, or names alone."""
    value = claims.get(claim) if claim else None
    listed = value if isinstance(value, list) else [value]
    return tuple(name for name in listed[:MOST_GROUPS] if isinstance(name, str))


def proof_of(
    claims: Mapping[str, Any],
    *,
    begun_at: datetime,
    max_age: int | None,
    strong: bool,
    now: datetime,
) -> Proof:
    """Return what a sign-in at a provider proves, as of when it was made there.

    ``strong``: an operator says that it was by two factors. Raises UpstreamError where
    a new sign-in was asked for, and none is told of. What clocks may be off by counts
    for the sign-in that was just asked for.
    """
    told = claims.get("auth_time")
    if not is_moment(told) or not 0 <= told <= now.timestamp() + SKEW_SECONDS:
        if max_age is not None:
            raise UpstreamError("auth_time")
        return Proof(Method.PROVIDER, now, user_verified=strong)
    at = datetime.fromtimestamp(told, UTC)
    if max_age is not None and at < begun_at - SKEW - timedelta(seconds=max_age):
        raise UpstreamError("auth_time")
    if at >= begun_at - SKEW:
        at = max(at, begun_at)
    return Proof(Method.PROVIDER, min(at, now), user_verified=strong)


def _is_plain(value: object) -> bool:
    """Tell whether this can be a value of an attribute, so that it is worth keeping."""
    if isinstance(value, list):
        return (
            len(value) == 1 and not isinstance(value[0], list) and _is_plain(value[0])
        )
    text = isinstance(value, str) and len(value) <= MOST_TEXT
    return text or isinstance(value, bool | int | float)
