"""Judging an authorization request, and answering it with a code."""

from dataclasses import dataclass

from idp.accounts.factors.assurance import SINGLE_FACTOR
from idp.accounts.sessions.find import LiveSession
from idp.accounts.settings import AccountsSettings
from idp.core.clock import utcnow
from idp.core.context import current
from idp.oauth.authorization import consents
from idp.oauth.authorization import pending as interactions
from idp.oauth.authorization.decision import (
    Decision,
    Facts,
    NeedsChoice,
    NeedsConsent,
    Proceed,
    decide,
)
from idp.oauth.authorization.pending import Pending
from idp.oauth.authorization.request import (
    AuthorizationRequest,
    read_reply_to,
    read_request,
    single,
)
from idp.oauth.clients.cache import find_client
from idp.oauth.clients.view import ClientView
from idp.oauth.protocol.claims import permitted
from idp.oauth.protocol.errors import (
    AuthorizationError,
    RefusedRequest,
    Unanswerable,
    invalid_request,
)
from idp.oauth.protocol.parameters import Parameters
from idp.oauth.protocol.prompt import Prompt
from idp.oauth.protocol.scopes import join
from idp.oauth.tokens.codes import Authorization, issue_code
from idp.oauth.tokens.id_token_hints import hinted_subject


def read(parameters: Parameters) -> tuple[ClientView, AuthorizationRequest]:
    """Return who asks for what: client first, then redirect URI, then the rest.

    Raises Unanswerable until both are known good, from then on RefusedRequest.
    """
    client = _find_requesting_client(parameters)
    reply_to = read_reply_to(parameters, client)
    try:
        asked = read_request(
            parameters, client, reply_to=reply_to, hinted_subject=hinted_subject
        )
        _refuse_closed_sign_up(asked)
    except AuthorizationError as refusal:
        raise RefusedRequest(reply_to, refusal) from refusal
    return client, asked


def judge(
    asked: AuthorizationRequest,
    client: ClientView,
    *,
    session: LiveSession | None,
    pending: Pending | None,
) -> Decision:
    """Say how a request goes on, new or pending, with what is known right now."""
    remembered = consents.NOTHING
    if session:
        remembered = consents.find_remembered(
            user_id=session.user_id, client_id=client.client_id
        )
    facts = Facts(
        now=utcnow(),
        session=session,
        waiting_since=pending.waiting_since if pending else None,
        remembered=remembered.allowed,
        declined=remembered.declined,
        allowed=pending.allowed_for(session.user_id) if pending and session else None,
        chosen=bool(pending and session and pending.chosen_for(session.user_id)),
        require_verified_email=current(AccountsSettings).require_verified_email,
    )
    return decide(asked, client, facts=facts)


@dataclass(frozen=True)
class Waiting:
    """A pending request of this browser's person, and what it needs right now."""

    pending: Pending
    client: ClientView
    asked: AuthorizationRequest
    session: LiveSession
    need: Decision


@dataclass(frozen=True)
class Question:
    """A pending request of which the person must be asked whether they allow it.

    ``known`` is what they allowed before, ``declined`` what they left out.
    """

    pending: Pending
    client: ClientView
    asked: AuthorizationRequest
    session: LiveSession
    scope: str
    known: frozenset[str]
    declined: frozenset[str]


def find_question(
    return_to: str | None, *, browsers: list[str], session: LiveSession | None
) -> Question | None:
    """Return what the consent page asks; None where its answer would change nothing."""
    found = _find_waiting(return_to, browsers=browsers, session=session)
    if found is None or not isinstance(found.need, NeedsConsent):
        return None
    return Question(
        found.pending,
        found.client,
        found.asked,
        found.session,
        scope=found.need.scope,
        known=found.need.known,
        declined=found.need.declined,
    )


def find_choice(
    return_to: str | None, *, browsers: list[str], session: LiveSession | None
) -> Waiting | None:
    """Return what the account chooser asks; None where it would change nothing."""
    found = _find_waiting(return_to, browsers=browsers, session=session)
    return found if found and isinstance(found.need, NeedsChoice) else None


def grant_code(asked: AuthorizationRequest, verdict: Proceed) -> str:
    """Return a code for what the person allowed of what was asked."""
    session, allowed = verdict.session, verdict.scope.split(" ")
    return issue_code(
        Authorization(
            client_id=asked.client_id,
            session=session,
            scope=join(name for name in asked.scope.split(" ") if name in allowed),
            redirect_uri=asked.reply_to.redirect_uri,
            code_challenge=asked.code_challenge,
            nonce=asked.nonce,
            acr=SINGLE_FACTOR,
            claims=permitted(asked.claims, allowed) if asked.claims else None,
            resource=list(asked.resource) or None,
        )
    )


def _find_requesting_client(parameters: Parameters) -> ClientView:
    """Return the client that asks: named once, registered, and not switched off."""
    client = find_client(single(parameters, "client_id"))
    if client is None:
        raise Unanswerable("client_unknown")
    if client.disabled:
        raise Unanswerable("client_disabled", client_name=client.client_name)
    return client


def _refuse_closed_sign_up(asked: AuthorizationRequest) -> None:
    """Refuse ``prompt=create`` where nobody can sign up (Prompt Create 1.0 §4)."""
    closed = current(AccountsSettings).registration == "closed"
    if closed and Prompt.CREATE in asked.prompts:
        raise invalid_request("prompt=create is not offered here")


def _find_waiting(
    return_to: str | None, *, browsers: list[str], session: LiveSession | None
) -> Waiting | None:
    """Return what waits behind a page; None where its answer would change nothing."""
    pending = interactions.find_behind(return_to, browsers=browsers)
    if session is None or not isinstance(pending, Pending) or not pending.waiting_since:
        return None
    client, asked = read(pending.parameters)
    need = judge(asked, client, session=session, pending=pending)
    return Waiting(pending, client, asked, session, need)
