"""The ``claims`` request parameter (OIDC Core §5.5)."""

import json
from dataclasses import dataclass
from typing import Any

from idp.accounts.factors.assurance import NO_ACR, AcrRequest
from idp.oauth.protocol.refusals import invalid_request

MEMBERS = ("userinfo", "id_token")


@dataclass(frozen=True)
class ClaimsRequest:
    """What the parameter asks for.

    ``members`` keeps ``userinfo`` and ``id_token`` as sent, for those who fill tokens.
    ``subjects`` are the only users the ID Token may speak of (§5.5.1), None for any;
    ``acr`` are the levels of authentication (§5.5.1.1).
    """

    members: dict[str, Any]
    subjects: frozenset[str] | None = None
    acr: AcrRequest = NO_ACR


def parse_claims(value: str | None) -> ClaimsRequest | None:
    """Return the request for claims; JSON of another shape is refused.

    Unknown members are ignored, as §5.5 demands.
    """
    if value is None:
        return None
    try:
        asked = json.loads(value, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise invalid_request("claims is not valid JSON") from None
    if not isinstance(asked, dict):
        raise invalid_request("claims must be a JSON object")
    members = {name: asked[name] for name in MEMBERS if asked.get(name) is not None}
    if not all(map(_is_member, members.values())):
        raise invalid_request("claims has a member of the wrong shape")
    id_token = members.get("id_token", {})
    acr = id_token.get("acr") or {}
    return ClaimsRequest(
        members=members,
        subjects=frozenset(_wanted_values(id_token.get("sub"))) or None,
        acr=AcrRequest(_wanted_values(acr), essential=acr.get("essential", False)),
    )


def _refuse_constant(name: str) -> None:
    """Refuse NaN and Infinity, which are no JSON."""
    raise ValueError(name)


def _is_member(member: object) -> bool:
    """Tell whether ``member`` maps claim names to null or to objects of §5.5.1."""
    return isinstance(member, dict) and all(map(_is_claim_request, member.values()))


def _is_claim_request(wanted: object) -> bool:
    """Tell whether one claim is asked for in a form of §5.5.1."""
    if wanted is None:
        return True
    return (
        isinstance(wanted, dict)
        and isinstance(wanted.get("essential", False), bool)
        and isinstance(wanted.get("values", []), list)
    )


def _wanted_values(wanted: dict[str, Any] | None) -> tuple[str, ...]:
    """Return ``value`` and ``values`` as strings; other types match no user."""
    if not wanted:
        return ()
    listed = [wanted.get("value"), *wanted.get("values", [])]
    return tuple(str(value) for value in listed if value is not None)
