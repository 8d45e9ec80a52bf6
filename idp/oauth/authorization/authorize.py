"""Evaluating an authorization request, and answering it with a code."""

from idp.accounts.factors.assurance import acr_of
from idp.accounts.sessions.context import enter_organization
from idp.accounts.sessions.find import LiveSession
from idp.accounts.sign_in.ways.demands import NO_DEMANDS
from idp.core.clock import utcnow
from idp.oauth.apis import builtin
from idp.oauth.authorization import consents
from idp.oauth.authorization.consents import NOTHING, Remembered
from idp.oauth.authorization.decision import (
    AuthorizationContext,
    Decision,
    NeedsLogin,
    Proceed,
    decide,
)
from idp.oauth.authorization.demands import demands_on
from idp.oauth.authorization.organizations import context_of, entered_by
from idp.oauth.authorization.pending import PendingRequest
from idp.oauth.authorization.request import (
    AuthorizationRequest,
    read_reply_to,
    read_request,
    single,
)
from idp.oauth.clients.access.allowed import may_use
from idp.oauth.clients.cache import find_client, usable
from idp.oauth.clients.view import ClientView
from idp.oauth.custom_scopes.vocabulary import vocabulary
from idp.oauth.protocol.errors import (
    NonRedirectableError,
    RefusedRequest,
)
from idp.oauth.protocol.parameters import Fault, Parameters
from idp.oauth.protocol.refusals import OAuthRefusal
from idp.oauth.protocol.scopes import ORGANIZATIONS, join
from idp.oauth.tokens.codes import Authorization, issue_code
from idp.organizations.contexts.places import hold_place
from idp.security import audit


def read(parameters: Parameters) -> tuple[ClientView, AuthorizationRequest]:
    """Return who asks for what: client first, then redirect URI, then the rest.

    Raises NonRedirectableError until both are known good, from then on RefusedRequest.
    """
    too_long = parameters.names_with(Fault.TOO_LONG)
    if too_long:
        raise NonRedirectableError("parameter_too_long", findings=(too_long[0],))
    client = _find_requesting_client(parameters)
    reply_to = read_reply_to(parameters, client)
    try:
        return client, read_request(parameters, client, reply_to=reply_to)
    except OAuthRefusal as refusal:
        raise RefusedRequest(reply_to, refusal, client_id=client.client_id) from refusal


def evaluate(
    asked: AuthorizationRequest,
    client: ClientView,
    *,
    session: LiveSession | None,
    pending: PendingRequest | None,
) -> Decision:
    """Say how a request goes on, new or pending, with what is known right now."""
    remembered = NOTHING
    if session:
        remembered = consents.find_remembered(
            user_id=session.user_id, client_id=client.client_id
        )
    context = _context_of(
        asked, session, pending=pending, client=client, remembered=remembered
    )
    return decide(asked, client, context=context)


def needs_login(
    asked: AuthorizationRequest,
    client: ClientView,
    *,
    session: LiveSession,
    pending: PendingRequest,
) -> bool:
    """Tell whether a pending request needs a new sign-in; consents do not matter."""
    context = _context_of(
        asked, session, pending=pending, client=client, remembered=NOTHING
    )
    return isinstance(decide(asked, client, context=context), NeedsLogin)


def record_refusal(client: ClientView, *, session: LiveSession | None) -> None:
    """Say in the audit log that a user came to a client that is not for them."""
    audit.record(
        "client.access.refused",
        outcome="refused",
        user_id=session.user_id if session else None,
        client_id=client.client_id,
    )


def grant_code(
    asked: AuthorizationRequest, decision: Proceed, *, pending: PendingRequest | None
) -> str:
    """Return a code for what the user allowed of what was asked.

    The organization that was chosen for a pending request is the session's from then
    on: by now that has what policies want of it there.
    """
    session, allowed = _in_chosen_context(decision, pending), decision.scope.split(" ")
    return issue_code(
        Authorization(
            client_id=asked.client_id,
            session=session,
            scope=join(name for name in asked.scope.split(" ") if name in allowed),
            redirect_uri=asked.reply_to.redirect_uri,
            code_challenge=asked.code_challenge,
            nonce=asked.nonce,
            acr=acr_of(session.proven, asked.acr),
            claims=vocabulary().permitted(asked.claims, allowed)
            if asked.claims
            else None,
            resource=list(asked.resource) or None,
            organization=decision.organization if ORGANIZATIONS in allowed else None,
        )
    )


def _in_chosen_context(
    decision: Proceed, pending: PendingRequest | None
) -> LiveSession:
    """Return the session, in the context that its user chose for this request."""
    session, entered = decision.session, entered_by(decision.organization)
    chosen = pending and pending.organization_for(session.user_id)
    if chosen is None or entered == session.organization_id:
        return session
    if entered:
        hold_place(session.user_id, entered)
    return enter_organization(session, entered)


def _find_requesting_client(parameters: Parameters) -> ClientView:
    """Return the client that asks: named once, registered, and not switched off."""
    return usable(find_client(single(parameters, "client_id")))


def _context_of(
    asked: AuthorizationRequest,
    session: LiveSession | None,
    *,
    pending: PendingRequest | None,
    client: ClientView,
    remembered: Remembered,
) -> AuthorizationContext:
    """Gather what a decision is made of."""
    organization = (
        context_of(asked, client, session=session, pending=pending) if session else None
    )
    demands = NO_DEMANDS
    if session:
        entered = entered_by(organization)
        demands = demands_on(
            session, client_id=client.client_id, organization_id=entered
        )
    return AuthorizationContext(
        now=utcnow(),
        session=session,
        waiting_since=pending.waiting_since if pending else None,
        remembered=remembered.allowed,
        declined=remembered.declined,
        allowed=pending.allowed_for(session.user_id) if pending and session else None,
        named=remembered.resources.union(filter(builtin.is_reserved, client.apis)),
        chosen=bool(pending and session and pending.chosen_for(session.user_id)),
        demands=demands,
        may_use=session is None or may_use(client, session.user_id),
        organization=organization,
    )
