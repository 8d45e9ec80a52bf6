"""Our own challenge: a key that takes a while to find and none to check (ALTCHA).

The server picks a number and derives a key from it; the caller derives keys from 0 on
until it has the same. The number lies between one and two times ``IDP_CHALLENGE_WORK``,
so that no user waits much longer than another. What is signed says for which act, which
network and until when. No row is kept: the nonce of one that was answered is counted.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from idp.core.clock import utcnow
from idp.core.context import about_to_wait, current
from idp.core.errors import RateLimited
from idp.core.randomness import random_below
from idp.core.sealing import Keyring
from idp.security.challenge.acts import GuardedAct
from idp.security.challenge.settings import ChallengeSettings
from idp.security.ratelimit.budgets import CHALLENGE_ANSWER

if TYPE_CHECKING:
    from altcha import Payload

ALGORITHM, ITERATIONS = "PBKDF2/SHA-256", 5000
LIFETIME_SECONDS = 1200
LONGEST_ANSWER = 4096
# What a library that reads JSON of anyone may come to.
UNREADABLE = (
    AttributeError,
    KeyError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
)


def new_challenge(act: GuardedAct) -> dict[str, object]:
    """Return a challenge for an act, as ALTCHA's version 2 writes it."""
    from altcha import create_challenge

    about_to_wait()
    work = current(ChallengeSettings).challenge_work
    made = create_challenge(
        ALGORITHM,
        ITERATIONS,
        counter=work + random_below(work),
        data={
            "act": act.name,
            "network": act.network_mac,
            "expires_at": int(utcnow().timestamp()) + LIFETIME_SECONDS,
        },
        **_secrets(),
    )
    return made.to_dict()


def take_answer(answer: str, act: GuardedAct) -> bool:
    """Tell whether an answer is right, for this act and network, and take it once.

    Call it before the first write. However it is spelled, one challenge counts once.
    """
    parameters = _solved(answer)
    if parameters is None or not _is_for(parameters.get("data"), act):
        return False
    return take_once(str(parameters["nonce"]))


def take_once(nonce: str) -> bool:
    """Count an answer; False for one that was counted already."""
    try:
        CHALLENGE_ANSWER.meter(nonce).count()
    except RateLimited:
        return False
    return True


def _solved(answer: str) -> Mapping[str, Any] | None:
    """Return the parameters of a challenge of ours that ``answer`` solves."""
    from altcha import verify_solution

    try:
        payload = _read(answer)
        verdict = verify_solution(payload, **_secrets())
    except UNREADABLE:
        return None
    found: Mapping[str, Any] = payload.challenge.parameters.to_dict()
    return found if verdict.verified else None


def _read(answer: str) -> "Payload":
    """Return what was sent: base64 of JSON; raises one of UNREADABLE."""
    from altcha import Payload

    if len(answer) > LONGEST_ANSWER:
        raise ValueError("too long")
    return Payload.from_dict(json.loads(b64decode(answer, validate=True)))


def _is_for(data: Any, act: GuardedAct) -> bool:
    """Tell whether what we signed holds for an act now."""
    return bool(
        data
        and data["act"] == act.name
        and data["network"] == act.network_mac
        and data["expires_at"] > utcnow().timestamp()
    )


def _secrets() -> dict[str, Any]:
    """Return what challenges and their keys are signed with."""
    keyring = current(Keyring)
    return {
        "hmac_secret": keyring.mac("challenge", "parameters"),
        "hmac_key_secret": keyring.mac("challenge", "key"),
    }
