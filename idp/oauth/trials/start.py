"""Beginning a trial: the authorization request that the client would make.

It is stored here and never sent, so its redirect URI, which no client registers, is
good for it alone (``authorization.request``). Its browser session is the only one that
can go on with it or take the answer, and its user the only one it may be about.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus

from sqlalchemy import insert

from idp.accounts.sessions.find import LiveSession
from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import db, table_of
from idp.core.errors import IdpError
from idp.core.randomness import digest, new_token
from idp.core.settings.server import ServerSettings
from idp.oauth.authorization import pending as pending_requests
from idp.oauth.clients.cache import find_client
from idp.oauth.clients.changes import get_client
from idp.oauth.clients.view import ClientView
from idp.oauth.models import ClientTrial
from idp.oauth.protocol import scopes
from idp.oauth.protocol.parameters import Parameters
from idp.oauth.protocol.pkce import s256
from idp.oauth.protocol.redirect_uris import try_uri
from idp.oauth.settings import OAuthSettings

CODE = "authorization_code"

ADD = insert(table_of(ClientTrial))


class Hindrance(StrEnum):
    """Why a client cannot be tried."""

    DISABLED = "disabled"
    NO_CODES = "no_codes"


class CannotTry(IdpError):
    """A client that is switched off, or that signs nobody in with a code."""

    code = "client_cannot_be_tried"
    status = HTTPStatus.CONFLICT
    title = "This client cannot be tried: it is switched off, or gets no codes."


@dataclass(frozen=True)
class WantedTrial:
    """What to ask for; without ``resource`` it is the client's usual audience."""

    scope: Collection[str]
    resource: str | None = None
    prompt: str | None = None


def hindrance_of(client: ClientView) -> Hindrance | None:
    """Return why a client cannot be tried, None if it can."""
    if client.disabled:
        return Hindrance.DISABLED
    if not (client.check_grant_type(CODE) and client.check_response_type("code")):
        return Hindrance.NO_CODES
    return None


def triable_client(client_id: str) -> ClientView:
    """Return a client with what it may ask for; raises UnknownClient."""
    found = find_client(get_client(client_id).client_id)
    if found is None:  # it was deleted beside this request
        raise CannotTry
    return found


def scopes_to_try(client: ClientView) -> list[str]:
    """Return what may be asked for: all but tokens that outlive the trial."""
    return sorted(client.scope - {scopes.OFFLINE_ACCESS})


def start_trial(client_id: str, wanted: WantedTrial, *, session: LiveSession) -> str:
    """Store a request in place of a client; return the local path that goes on with it.

    Raises UnknownClient and CannotTry.
    """
    client = triable_client(client_id)
    if hindrance_of(client):
        raise CannotTry
    state, verifier = new_token(), new_token()
    lifetime = timedelta(seconds=current(OAuthSettings).interaction_seconds)
    now = utcnow()
    row = {
        "digest": digest(state),
        "client_id": client.client_id,
        "user_id": session.user_id,
        "browser_session_id": session.id,
        "code_verifier": verifier,
        "created_at": now,
        "expires_at": now + lifetime,
    }
    db.session.execute(ADD, row)
    asked = [name for name in scopes_to_try(client) if name in wanted.scope]
    values = {
        "client_id": client.client_id,
        "redirect_uri": try_uri(current(ServerSettings).issuer),
        "response_type": "code",
        "response_mode": "form_post",
        "scope": scopes.join(asked),
        "state": state,
        "nonce": new_token(),
        "code_challenge": s256(verifier),
        "code_challenge_method": "S256",
        "prompt": wanted.prompt or "",
    }
    parameters = Parameters(
        {name: value for name, value in values.items() if value},
        (wanted.resource,) if wanted.resource else (),
        tried_by=session.user_id,
    )
    return pending_requests.store(parameters, browser=session.token_digest).path
