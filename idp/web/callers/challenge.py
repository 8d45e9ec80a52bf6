"""Challenges as faces ask for them: pages in their forms, JSON routes by a refusal."""

from flask import request

from idp.core.context import current
from idp.core.errors import RateLimited
from idp.security.challenge import guard
from idp.security.challenge.acts import ActOf
from idp.security.challenge.guard import Challenge
from idp.security.challenge.services import ChallengeService
from idp.web.callers.requester import this_requester

FIELD = "challenge"


def page_challenge(act_of: ActOf, about: str | None = "") -> Challenge | None:
    """Return what the form of a page has to ask for, None when nothing is due.

    ``about`` is the name or address that is known by now.
    """
    if not guard.is_on():
        return None
    return guard.due_challenge(act_of(this_requester(), about or ""))


def check_form(act_of: ActOf, about: str) -> RateLimited | None:
    """Take the answer of this form; RateLimited after too many without a good one.

    Call it before the rule: its counters are not part of the unit of work.
    """
    if not guard.is_on():
        return None
    try:
        guard.count_unanswered(act_of(this_requester(), about), _sent_answer())
    except RateLimited as refusal:
        return refusal
    return None


def check_body(act_of: ActOf, about: str, *, answer: str | None) -> None:
    """Raise ChallengeRequired where a JSON request lacks a good answer."""
    if guard.is_on():
        guard.require_answer(act_of(this_requester(), about), answer)


def _sent_answer() -> str:
    """Return what the script of ours, or of a service, put into the form."""
    profile = current(ChallengeService).profile
    theirs = request.form.get(profile.field) if profile else None
    return request.form.get(FIELD) or theirs or ""
