"""Signing up by a provider that has not told all that an account has to have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from idp.accounts.profile.attributes.written import attribute_problems
from idp.accounts.profile.rules import FieldRules, hidden_errors
from idp.accounts.registration.new_account import NewAccount, refuse_problems
from idp.accounts.registration.policy import rules_for
from idp.accounts.sessions.start import SessionRequest
from idp.accounts.terms.documents import Versions
from idp.core.errors import FieldError
from idp.federation.providers.offered import find_usable
from idp.federation.providers.provider import Provider
from idp.federation.sign_in.decision import Refuse, SignUp, decide
from idp.federation.sign_in.outcomes import (
    GoalLookup,
    Lost,
    SignedUp,
    Visit,
    admission_ahead,
    no_goal,
)
from idp.federation.sign_in.sign_up import count_try, missing_fields, sign_up, wanted_by
from idp.federation.sign_in.situation import situation_of, terms_of
from idp.federation.sign_in.waiting import HeldIdentity, find_held, spend_held


@dataclass(frozen=True)
class OpenRegistration:
    """A sign-up that waits: what is known, and which fields its user has to say.

    ``rules`` say which they may say.
    """

    held: HeldIdentity
    provider: Provider
    known: NewAccount
    missing: tuple[str, ...]
    rules: FieldRules


@dataclass(frozen=True)
class ToldByUser:
    """What a user says themselves; None where they say nothing of it."""

    email: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    accepted: Versions | None = None


def find_registration(
    token: str, *, browser: str | None, goal_of: GoalLookup = no_goal
) -> OpenRegistration | None:
    """Return the sign-up of a token, in the browser that was at the provider."""
    held = find_held(token, browser=browser)
    provider = find_usable(held.identity.provider_id) if held else None
    if held is None or provider is None:
        return None
    known = wanted_by(held.identity)
    rules = rules_for(admission_ahead(held.ahead, goal_of))
    missing = missing_fields(known, rules)
    return OpenRegistration(held, provider, known, missing, rules)


def complete_registration(
    opened: OpenRegistration,
    said: ToldByUser,
    *,
    registration: str,
    request: SessionRequest,
    goal_of: GoalLookup = no_goal,
) -> SignedUp | Lost:
    """Make the account, once; it is decided anew whether there may be one.

    An address that the provider has told stays; one that is typed is proven by mail.
    Raises TermsRequired, InvalidInput, EmailTaken, UsernameTaken and RateLimited, which
    leave the sign-up waiting.
    """
    held, provider = opened.held, opened.provider
    refuse_problems(_hidden_problems(said, opened.rules))
    visit = Visit(provider, held.ahead, request, registration, goal_of)
    situation = situation_of(provider, held.identity, live=None, linking=False)
    situation = replace(situation, owner=None)
    terms = terms_of(visit, situation, address=held.identity.email)
    verdict = decide(situation, terms)
    if isinstance(verdict, Refuse):
        return visit.decline(verdict.why.value)
    if not isinstance(verdict, SignUp):
        return Lost()
    count_try(request.requester)
    if not spend_held(held):
        return Lost()
    told = held.identity.email
    wanted = replace(
        opened.known.saying({name: v for name, v in said.fields.items() if v}),
        email=told or said.email or "",
        attributes={**(opened.known.attributes or {}), **said.attributes},
        accepted=said.accepted,
    )
    verified = verdict.verified and told is not None
    return sign_up(wanted, held.identity, visit=visit, verified=verified)


def _hidden_problems(said: ToldByUser, rules: FieldRules) -> Iterator[FieldError]:
    """Yield what a user says that is not asked for."""
    yield from hidden_errors(said.fields.keys(), rules)
    yield from attribute_problems(said.attributes, FieldRules(hidden=rules.hidden))
