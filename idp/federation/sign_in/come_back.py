"""A browser comes back from a provider: is the answer its own, and what then."""

from collections.abc import Mapping

from idp.accounts.sessions.start import SessionRequest
from idp.core.randomness import digest, same
from idp.federation.providers.offered import find_offered
from idp.federation.sign_in import sign_up
from idp.federation.sign_in.arrival import fetch_identity
from idp.federation.sign_in.decision import (
    AskToLink,
    LinkByAddress,
    Refuse,
    SignInLinked,
    SignUp,
    Verdict,
    decide,
)
from idp.federation.sign_in.entry import link_by_address, sign_in_linked
from idp.federation.sign_in.outcomes import (
    GoalLookup,
    Lost,
    NobodySignedIn,
    OtherBrowser,
    Outcome,
    Visit,
    Waits,
    WaitsFor,
)
from idp.federation.sign_in.requests import SentBrowser, find_sent, spend_sent
from idp.federation.sign_in.situation import situation_of, terms_of
from idp.federation.sign_in.waiting import hold
from idp.federation.upstream.errors import UpstreamAway, UpstreamError
from idp.federation.upstream.identity import UpstreamIdentity
from idp.federation.upstream.responses import Cancelled


def come_back(
    provider_id: str,
    fields: Mapping[str, str],
    *,
    browser: str | None,
    registration: str,
    request: SessionRequest,
    goal_of: GoalLookup,
) -> Outcome:
    """Judge an answer once, in the browser alone that was sent for it.

    ``browser`` is that browser's cookie. ``registration`` is a random token that it
    keeps, where an account is made; ``goal_of`` says which client waits. Raises
    RateLimited.
    """
    provider, sent = find_offered(provider_id), find_sent(fields.get("state", ""))
    if provider is None or sent is None:
        return Lost()
    visit = Visit(provider, sent.ahead, request, registration, goal_of)
    if browser is None or not same(digest(browser), sent.browser):
        visit.decline("browser")
        return OtherBrowser(provider)
    if sent.provider_id != provider.id:  # RFC 9700 §4.4: of another provider
        spend_sent(sent)
        return visit.decline("mix_up")
    return _judge(visit, sent, fields=sent.answer or fields)


def _judge(visit: Visit, sent: SentBrowser, *, fields: Mapping[str, str]) -> Outcome:
    """Ask the provider who it is, before anything is written, and decide."""
    try:
        identity = fetch_identity(visit.provider, sent, fields=fields)
    except UpstreamError as error:
        spend_sent(sent)
        return visit.decline(error.reason, away=isinstance(error, UpstreamAway))
    if isinstance(identity, Cancelled):
        spend_sent(sent)
        return NobodySignedIn(visit.provider, visit.ahead, "cancelled")
    live = visit.request.active
    if sent.user_id and (live is None or live.user_id != sent.user_id):
        spend_sent(sent)
        return visit.decline("other_account" if live else "signed_out")
    linking = bool(sent.user_id)
    situation = situation_of(visit.provider, identity, live=live, linking=linking)
    terms = terms_of(visit, situation, address=identity.email)
    verdict = decide(situation, terms)
    if isinstance(verdict, SignUp):
        sign_up.count_try(visit.request.requester)
    if not spend_sent(sent):
        return Lost()
    return _act(verdict, identity, visit=visit, sent=sent)


def _act(
    verdict: Verdict, identity: UpstreamIdentity, *, visit: Visit, sent: SentBrowser
) -> Outcome:
    """Do what was decided."""
    match verdict:
        case SignInLinked(user_id):
            return sign_in_linked(user_id, identity, visit=visit)
        case LinkByAddress(user_id, unproven):
            return link_by_address(user_id, identity, visit=visit, unproven=unproven)
        case SignUp(verified):
            made = sign_up.try_to_sign_up(identity, visit=visit, verified=verified)
            return made or _hold(identity, WaitsFor.FIELDS, visit=visit, sent=sent)
        case Refuse(why):
            return visit.decline(why.value)
    asks = isinstance(verdict, AskToLink)
    wanted = WaitsFor.LINK if asks else WaitsFor.SIGN_IN
    return _hold(identity, wanted, visit=visit, sent=sent)


def _hold(
    identity: UpstreamIdentity, wanted: WaitsFor, *, visit: Visit, sent: SentBrowser
) -> Waits:
    """Keep an identity until its user says more."""
    ahead, user_id = visit.ahead, sent.user_id
    token = hold(identity, browser=sent.browser, ahead=ahead, user_id=user_id)
    return Waits(visit.provider, ahead, wanted, token)
