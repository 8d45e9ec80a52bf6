"""Taking the answer to a trial: the exchange that the client would make, and its end.

The code is spent by the rules of the token endpoint. There is no refresh token, and
the grant ends after ten minutes: no token of it outlives that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, NamedTuple

from sqlalchemy import bindparam, update

from idp.accounts.sessions.find import LiveSession
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import changed_one, table_of
from idp.core.errors import IdpError
from idp.core.prepared import Prepared
from idp.core.randomness import digest
from idp.core.settings.server import ServerSettings
from idp.oauth.clients import audiences
from idp.oauth.clients.cache import find_client
from idp.oauth.clients.view import ClientView
from idp.oauth.grants.authorization_code import GrantedByCode, spend_code
from idp.oauth.models import ClientTrial, Grant
from idp.oauth.protocol.parameters import Parameters
from idp.oauth.protocol.redirect_uris import try_uri
from idp.oauth.protocol.refusals import OAuthRefusal
from idp.oauth.protocol.scopes import OPENID
from idp.oauth.protocol.token_request import TokenRequest
from idp.oauth.tokens import issue
from idp.oauth.tokens.grant_revocation import revoke_grant
from idp.oauth.tokens.issue import TokenResponse
from idp.oauth.tokens.userinfo import COLUMNS, userinfo_of
from idp.oauth.tokens.verify import InvalidAccessToken, verify_access_token
from idp.oauth.trials.start import hindrance_of
from idp.security import audit

LASTS = timedelta(minutes=10)

trials, grants = table_of(ClientTrial), table_of(Grant)


class TakenTrial(NamedTuple):
    """A trial whose answer has just come."""

    client_id: str
    code_verifier: str


class EndedTrial(NamedTuple):
    """A trial that has just been ended."""

    client_id: str
    grant_id: str | None


OWN = (
    trials.c.digest == bindparam("state_digest"),
    trials.c.browser_session_id == bindparam("session_id"),
    trials.c.user_id == bindparam("of_user"),
)
TAKE = Prepared(
    update(trials)
    .where(*OWN, trials.c.answered_at.is_(None))
    .where(trials.c.expires_at > bindparam("now"))
    .values(answered_at=bindparam("now"))
    .returning(trials.c.client_id, trials.c.code_verifier),
    TakenTrial,
)
NOTE_GRANT = (
    update(trials)
    .where(trials.c.digest == bindparam("state_digest"))
    .values(grant_id=bindparam("granted"), expires_at=bindparam("until"))
)
SHORTEN = (
    update(grants)
    .where(grants.c.id == bindparam("granted"))
    .where(grants.c.expires_at > bindparam("until"))
    .values(expires_at=bindparam("until"))
)
END = Prepared(
    update(trials)
    .where(*OWN, trials.c.answered_at.is_not(None), trials.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
    .returning(trials.c.client_id, trials.c.grant_id),
    EndedTrial,
)


class NoSuchTrial(IdpError):
    """An answer to no trial of this browser session, or to one that had its answer."""

    code = "no_such_trial"
    status = HTTPStatus.BAD_REQUEST
    title = "This answer belongs to no trial of this browser, or was shown already."


@dataclass(frozen=True)
class TrialAnswer:
    """What the client would get: tokens, or an error with what it means.

    ``userinfo`` is None where the access token is for an API, which UserInfo refuses.
    """

    client_id: str
    state: str
    tokens: TokenResponse | None = None
    until: datetime | None = None
    userinfo: Mapping[str, Any] | None = None
    error: str | None = None
    description: str | None = None


def take_answer(fields: Mapping[str, str], *, session: LiveSession) -> TrialAnswer:
    """Return what comes of an authorization response, once.

    Raises NoSuchTrial unless it answers a request that this session's user began in it,
    which nothing spends. A code of another client, or of another request, is refused by
    the exchange.
    """
    state = fields.get("state", "")
    if fields.get("iss") != current(ServerSettings).issuer:  # RFC 9207 §2.4
        raise NoSuchTrial
    taken = TAKE.one_or_none({**_own(state, session), "now": utcnow()})
    if taken is None:
        raise NoSuchTrial
    answer = TrialAnswer(taken.client_id, state)
    try:
        answer = _exchange(fields, taken, answer=answer)
    except OAuthRefusal as refusal:
        answer = replace(answer, error=refusal.error, description=refusal.hint)
    _record(answer, session)
    return answer


def end_trial(state: str, *, session: LiveSession) -> str | None:
    """End all that came of a trial of this session; return whose it was.

    None where it is over already.
    """
    ended = END.one_or_none({**_own(state, session), "now": utcnow()})
    if ended is None:
        return None
    if ended.grant_id is not None:
        revoke_grant(ended.grant_id)
    audit.record(
        "client.trial.ended", user_id=session.user_id, client_id=ended.client_id
    )
    return ended.client_id


def _own(state: str, session: LiveSession) -> dict[str, str]:
    """Return what a trial has to be bound to."""
    return {
        "state_digest": digest(state),
        "session_id": session.id,
        "of_user": session.user_id,
    }


def _exchange(
    fields: Mapping[str, str], taken: TakenTrial, *, answer: TrialAnswer
) -> TrialAnswer:
    """Exchange the code of a response as the token endpoint would; OAuthRefusal.

    That is raised for a response without a code, too.
    """
    code = fields.get("code")
    if code is None:
        description = fields.get("error_description", "")
        raise OAuthRefusal(fields.get("error", "no_code"), description)
    client = find_client(taken.client_id)
    if client is None or hindrance_of(client):
        raise OAuthRefusal("unauthorized_client", "The client was changed meanwhile.")
    sent = {
        "code": code,
        "redirect_uri": try_uri(current(ServerSettings).issuer),
        "code_verifier": taken.code_verifier,
    }
    granted = spend_code(TokenRequest("POST", Parameters(sent)), client)
    tokens, until = _issue(granted, client, state=answer.state)
    return replace(answer, tokens=tokens, until=until, userinfo=_userinfo(tokens))


def _issue(
    granted: GrantedByCode, client: ClientView, *, state: str
) -> tuple[TokenResponse, datetime]:
    """Return tokens of a grant that ends in ten minutes at the latest, and when."""
    now, grant = utcnow(), granted.grant
    until = min(now + LASTS, grant.expires_at)
    values = {"granted": grant.grant_id, "until": until}
    changed_one(SHORTEN, values)
    changed_one(NOTE_GRANT, {**values, "state_digest": digest(state)})
    tokens = issue.to_user_client(
        replace(grant, expires_at=until),
        client=client,
        scope=audiences.still_askable(client, grant.scope),
        resources=granted.resources,
        refresh_token=None,
        by="trial",
        nonce=granted.nonce,
        now=now,
    )
    return tokens, until


def _userinfo(tokens: TokenResponse) -> Mapping[str, Any] | None:
    """Return what UserInfo tells a holder of the access token; None if it refuses."""
    issuer = current(ServerSettings).issuer
    try:
        token = verify_access_token(
            tokens.access_token, columns=COLUMNS, audience=issuer, in_unit=True
        )
    except InvalidAccessToken:
        return None
    return userinfo_of(token) if OPENID in token.scope else None


def _record(answer: TrialAnswer, session: LiveSession) -> None:
    """Say in the audit log who tried what, and what came of it."""
    user_id, client_id = session.user_id, answer.client_id
    if answer.tokens is None:
        audit.record(
            "client.tried",
            outcome="refused",
            user_id=user_id,
            client_id=client_id,
            error=answer.error,
        )
        return
    audit.record(
        "client.tried",
        user_id=user_id,
        client_id=client_id,
        scope=answer.tokens.scope.split(),
    )
