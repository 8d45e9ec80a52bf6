"""Signing up by a provider that has not told all that an account has to have."""

from dataclasses import dataclass, replace

from idp.accounts.registration.new_account import NewAccount
from idp.accounts.sessions.start import SessionRequest
from idp.accounts.terms.documents import Versions
from idp.federation.providers.offered import find_usable
from idp.federation.providers.provider import Provider
from idp.federation.sign_in.decision import Refuse, SignUp, decide
from idp.federation.sign_in.outcomes import (
    GoalLookup,
    Lost,
    SignedUp,
    Visit,
    no_goal,
)
from idp.federation.sign_in.sign_up import count_try, missing_fields, sign_up, wanted_by
from idp.federation.sign_in.situation import situation_of, terms_of
from idp.federation.sign_in.waiting import HeldIdentity, find_held, spend_held


@dataclass(frozen=True)
class OpenRegistration:
    """A sign-up that waits: what is known, and which fields its user has to say."""

    held: HeldIdentity
    provider: Provider
    known: NewAccount
    missing: tuple[str, ...]


@dataclass(frozen=True)
class ToldByUser:
    """What a user says themselves; None where they say nothing of it."""

    email: str | None = None
    username: str | None = None
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    accepted: Versions | None = None


def find_registration(token: str, *, browser: str | None) -> OpenRegistration | None:
    """Return the sign-up of a token, in the browser that was at the provider."""
    held = find_held(token, browser=browser)
    provider = find_usable(held.identity.provider_id) if held else None
    if held is None or provider is None:
        return None
    known = wanted_by(held.identity)
    return OpenRegistration(held, provider, known, missing_fields(known))


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
    typed = {name: value for name, value in vars(said).items() if value}
    wanted = replace(opened.known, **typed | ({"email": told} if told else {}))
    verified = verdict.verified and told is not None
    return sign_up(wanted, held.identity, visit=visit, verified=verified)
