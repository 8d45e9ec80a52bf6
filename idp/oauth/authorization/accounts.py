"""Which of a browser's accounts an authorization request is answered for.

The active one, unless the request names another: by ``id_token_hint``, a ``sub`` of its
claims, or ``login_hint`` (OIDC Core §3.1.2.1, §5.5.1). Where nothing has to be asked,
it is answered for that one without a switch; else the user switches by the chooser.
"""

from collections.abc import Callable
from dataclasses import dataclass

from idp.accounts.sessions.find import LiveSession
from idp.accounts.users import find_by_login
from idp.oauth.authorization.authorize import evaluate
from idp.oauth.authorization.decision import (
    NOT_CHOSEN,
    Decision,
    Need,
    NeedsChoice,
)
from idp.oauth.authorization.pending import PendingRequest
from idp.oauth.authorization.request import AuthorizationRequest
from idp.oauth.clients.view import ClientView
from idp.oauth.protocol.prompt import NEW_AUTHENTICATION, Prompt


@dataclass(frozen=True)
class Accounts:
    """The sessions of a browser; further ones are looked for where they matter."""

    active: LiveSession | None
    find_further: Callable[[], tuple[LiveSession, ...]]


def evaluate_among(
    asked: AuthorizationRequest,
    client: ClientView,
    *,
    accounts: Accounts,
    pending: PendingRequest | None,
) -> Decision:
    """Say how a request goes on, for the account that it is about."""
    active = accounts.active
    if not _is_for_active(asked, active, pending=pending):
        further = accounts.find_further()
        decision = (
            _decide_for_other(asked, client, active=active, further=further)
            if further
            else None
        )
        if decision:
            return decision
    return evaluate(asked, client, session=active, pending=pending)


def _is_for_active(
    asked: AuthorizationRequest,
    active: LiveSession | None,
    *,
    pending: PendingRequest | None,
) -> bool:
    """Tell whether other accounts do not matter: none is named, or one was chosen.

    Who has to sign in anew says by that who they are.
    """
    if not (_names_user(asked) or Prompt.NONE in asked.prompts):
        return True
    if asked.prompts & NEW_AUTHENTICATION:
        return True
    return bool(active and pending and _is_settled(active, pending))


def _names_user(asked: AuthorizationRequest) -> bool:
    """Tell whether a request says whom it is about."""
    return asked.subjects is not None or asked.login_hint is not None


def _is_settled(active: LiveSession, pending: PendingRequest) -> bool:
    """Tell whether the user chose the account for this request, or signed in for it."""
    since = pending.waiting_since
    signed_in = since is not None and active.auth_time >= since
    return signed_in or pending.chosen_for(active.user_id)


def _decide_for_other(
    asked: AuthorizationRequest,
    client: ClientView,
    *,
    active: LiveSession | None,
    further: tuple[LiveSession, ...],
) -> Decision | None:
    """Return what follows from there being several accounts; None for nothing."""
    if not _names_user(asked):
        return NOT_CHOSEN
    named = _named_users(asked)
    if active and active.user_id in named:
        return None
    fitting = next((live for live in further if live.user_id in named), None)
    if fitting:
        return _decide_for(asked, client, session=fitting)
    if asked.subjects is not None:
        return None
    # A hint that fits nobody here leaves open who goes on.
    return NOT_CHOSEN if Prompt.NONE in asked.prompts else NeedsChoice()


def _decide_for(
    asked: AuthorizationRequest, client: ClientView, *, session: LiveSession
) -> Decision:
    """Answer a request for an account that is not active, or have the user switch."""
    if Prompt.SELECT_ACCOUNT in asked.prompts:
        return NeedsChoice()
    decision = evaluate(asked, client, session=session, pending=None)
    return NeedsChoice() if isinstance(decision, Need) else decision


def _named_users(asked: AuthorizationRequest) -> frozenset[str]:
    """Return whom a request is about; a hint may be any name that signs one in."""
    if asked.subjects is not None:
        return asked.subjects
    user = find_by_login(asked.login_hint or "")
    return frozenset({user.id}) if user else frozenset()
