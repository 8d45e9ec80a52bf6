"""Services that tell people from programs: their widget on our pages, their verdict.

A service that cannot be reached, or that does not know us, is away: for half a minute
it is not asked, and callers get our own proof of work instead.
"""

import json
import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from idp.core.clock import utcnow
from idp.core.log import log_event
from idp.core.randomness import digest
from idp.security.challenge.acts import GuardedAct
from idp.security.challenge.proof_of_work import LONGEST_ANSWER, take_once
from idp.security.challenge.settings import ChallengeSettings
from idp.security.outbound.client import Blocked, Failed, Fetched, Outbound

DEADLINE_SECONDS = 2.0
HOLDS = timedelta(seconds=30)  # what was found out about the service
# It says so of us, not of the answer.
OUR_FAULT = frozenset(
    {
        *("missing-input-secret", "invalid-input-secret", "sitekey-secret-mismatch"),
        *("internal-error", "bad-request"),
    }
)

log = logging.getLogger("idp.challenge")


@dataclass(frozen=True)
class ServiceProfile:
    """How a service is used.

    ``marker`` is the class of its element and begins its field; ``sources`` are what
    pages may load from; ``names_acts`` when its verdict repeats what was asked for.
    """

    name: str
    script_url: str
    verify_url: str
    marker: str
    sources: tuple[str, ...]
    names_acts: bool = False

    @property
    def field(self) -> str:
        """Return the field of the form that its script fills in."""
        return f"{self.marker}-response"


PROFILES = MappingProxyType(
    {
        "turnstile": ServiceProfile(
            name="turnstile",
            script_url="https://challenges.cloudflare.com/turnstile/v0/api.js",
            verify_url="https://challenges.cloudflare.com/turnstile/v0/siteverify",
            marker="cf-turnstile",
            sources=("https://challenges.cloudflare.com",),
            names_acts=True,
        ),
        "hcaptcha": ServiceProfile(
            name="hcaptcha",
            script_url="https://js.hcaptcha.com/1/api.js",
            verify_url="https://api.hcaptcha.com/siteverify",
            marker="h-captcha",
            sources=("https://hcaptcha.com", "https://*.hcaptcha.com"),
        ),
    }
)


class ChallengeService:
    """The service that settings name, if any; one for the app."""

    def __init__(self, settings: ChallengeSettings, outbound: Outbound) -> None:
        self.settings = settings
        self.outbound = outbound
        self.profile = _profile_of(settings)
        self._away = False
        self._known_until: datetime | None = None

    @property
    def at_hand(self) -> ServiceProfile | None:
        """The service, unless there is none or it was away a moment ago."""
        return None if self._away and self._is_known else self.profile

    def take_answer(self, answer: str, act: GuardedAct) -> bool:
        """Tell whether the service takes an answer from this network; take it once.

        It waits for the service: call it before the first write. Without an answer the
        service is only asked whether it is there, which the script of a page may know
        already.
        """
        profile = self.at_hand
        if profile is None or len(answer) > LONGEST_ANSWER:
            return False
        if not answer and self._is_known:
            return False
        verdict = self._ask(profile, answer, act=act)
        if not answer or verdict.get("success") is not True:
            return False
        named = verdict.get("action") if profile.names_acts else act.name
        return named == act.name and take_once(digest(answer))

    @property
    def _is_known(self) -> bool:
        """Tell whether it was found out lately whether the service is there."""
        return self._known_until is not None and utcnow() < self._known_until

    def _ask(
        self, profile: ServiceProfile, answer: str, *, act: GuardedAct
    ) -> dict[str, Any]:
        """Return what the service says of an answer; nothing when it is away."""
        form = {"secret": self.settings.challenge_secret, "response": answer}
        if act.requester.ip:
            form["remoteip"] = act.requester.ip
        client = self.outbound.within(DEADLINE_SECONDS)
        fetched = client.post_form(profile.verify_url, form)
        verdict = _verdict_in(fetched) if isinstance(fetched, Fetched) else {}
        faults = OUR_FAULT & _codes(verdict)
        self._away = not verdict or bool(faults)
        self._known_until = utcnow() + HOLDS
        if self._away:
            reason = ", ".join(sorted(faults)) or _reason_of(fetched)
            log_event(log, "challenge.service.away", reason=reason)
        return {} if self._away else verdict


def _profile_of(settings: ChallengeSettings) -> ServiceProfile | None:
    """Return the service of settings, with their URLs."""
    profile = PROFILES.get(settings.challenge_service)
    if profile is None:
        return None
    script_url = settings.challenge_script_url or profile.script_url
    sources = profile.sources
    if settings.challenge_script_url:
        parts = urlsplit(script_url)
        sources = (f"{parts.scheme}://{parts.netloc}", *sources)
    return replace(
        profile,
        script_url=script_url,
        verify_url=settings.challenge_verify_url or profile.verify_url,
        sources=sources,
    )


def _verdict_in(fetched: Fetched) -> dict[str, Any]:
    """Return the verdict that an answer of the service is, or nothing."""
    if fetched.status != HTTPStatus.OK:
        return {}
    try:
        found = json.loads(fetched.body)
    except (ValueError, RecursionError):
        return {}
    known = isinstance(found, dict) and isinstance(found.get("success"), bool)
    return found if known else {}


def _codes(verdict: dict[str, Any]) -> frozenset[str]:
    """Return what a verdict says went wrong."""
    codes = verdict.get("error-codes")
    found = codes if isinstance(codes, list) else ()
    return frozenset(code for code in found if isinstance(code, str))


def _reason_of(fetched: Fetched | Blocked | Failed) -> str:
    """Return the word for what came instead of a verdict."""
    return str(fetched.status) if isinstance(fetched, Fetched) else fetched.reason
