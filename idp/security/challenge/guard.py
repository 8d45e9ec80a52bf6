"""Whether a challenge is due, and whether it was answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from idp.core.context import current
from idp.core.errors import IdpError
from idp.security.challenge import proof_of_work
from idp.security.challenge.acts import GuardedAct
from idp.security.challenge.services import ChallengeService, ServiceProfile
from idp.security.challenge.settings import ALWAYS, OFF, ChallengeSettings
from idp.security.ratelimit.meters import half_used


@dataclass(frozen=True)
class Challenge:
    """What is to be answered: our proof of work, or the widget of a service."""

    act: str
    proof_of_work: Mapping[str, object] | None = None
    service: ServiceProfile | None = None
    site_key: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        """Return what a page that shows it may load from, besides us."""
        return self.service.sources if self.service else ()

    @property
    def members(self) -> dict[str, object]:
        """Return it as programs read it."""
        if self.service is None:
            return {"type": "proof_of_work", **(self.proof_of_work or {})}
        return {
            "type": self.service.name,
            "site_key": self.site_key,
            "action": self.act,
        }


class ChallengeRequired(IdpError):
    """A request without the answer that it needs; ``challenge`` has what to solve."""

    code = "challenge_required"
    status = HTTPStatus.BAD_REQUEST
    title = "Solve the challenge, and send the request again with its answer."

    def __init__(self, challenge: Challenge) -> None:
        super().__init__()
        self.members = {"challenge": challenge.members}


def is_on() -> bool:
    """Tell whether this server ever asks for an answer."""
    return current(ChallengeSettings).challenge != OFF


def due_challenge(act: GuardedAct) -> Challenge | None:
    """Return a new challenge for an act, None when none is due now."""
    return _new_challenge(act) if _is_due(act) else None


def require_answer(act: GuardedAct, answer: str | None) -> None:
    """Raise ChallengeRequired for an act that is due an answer and has no good one.

    An answer is taken once. Call it before the first write.
    """
    if _is_due(act) and not _take_answer(answer or "", act):
        raise ChallengeRequired(_new_challenge(act))


def count_unanswered(act: GuardedAct, answer: str | None) -> None:
    """Take the answer of a page's form, or count that there is no good one.

    Raises RateLimited above a tenth of what the network may do else: that much is left
    to browsers without scripts.
    """
    if _is_due(act) and not _take_answer(answer or "", act):
        act.unanswered.count()


def _is_due(act: GuardedAct) -> bool:
    """Tell whether an act needs an answer now; one SELECT where limits decide."""
    mode = current(ChallengeSettings).challenge
    return mode == ALWAYS or (mode != OFF and half_used(act.meters))


def _take_answer(answer: str, act: GuardedAct) -> bool:
    """Tell whether an answer is good, which takes it."""
    return proof_of_work.take_answer(answer, act) or current(
        ChallengeService
    ).take_answer(answer, act)


def _new_challenge(act: GuardedAct) -> Challenge:
    """Return what is to be answered for an act."""
    service = current(ChallengeService).at_hand
    if service is None:
        work = proof_of_work.new_challenge(act)
        return Challenge(act.name, proof_of_work=work)
    site_key = current(ChallengeSettings).challenge_site_key
    return Challenge(act.name, service=service, site_key=site_key)
