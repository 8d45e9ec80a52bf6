"""Trying whether an app takes back-channel notices, by one about nobody."""

from dataclasses import dataclass
from http import HTTPStatus

from idp.core.clock import utcnow
from idp.core.context import current
from idp.core.db import undo_if_used
from idp.core.errors import IdpError
from idp.core.randomness import new_id, new_subject
from idp.oauth.clients.cache import find_client
from idp.oauth.clients.changes import get_client
from idp.oauth.logout.delivery import accepted, reason_of
from idp.oauth.logout.token import logout_token
from idp.oauth.models import Client
from idp.security import audit
from idp.security.outbound.client import Blocked, Outbound


class NoLogoutUri(IdpError):
    """A client that registered no address for notices."""

    code = "no_backchannel_logout_uri"
    status = HTTPStatus.CONFLICT
    title = "This client registered no backchannel_logout_uri."


@dataclass(frozen=True)
class LogoutTrial:
    """What came of a test; ``error`` says in a word why it was not accepted."""

    accepted: bool
    error: str | None
    uri: str


def try_delivery(client_id: str, *, by: str | None = None) -> LogoutTrial:
    """Post a genuine logout token about a made-up user and session to a client, once.

    Nobody is signed out by it. It goes where notices go and no other way. Raises
    UnknownClient and NoLogoutUri.
    """
    uri, token = _ready(get_client(client_id))
    undo_if_used()  # no connection is held while the client is called
    answer = current(Outbound).for_operators().post_form(uri, {"logout_token": token})
    taken, error = accepted(answer), reason_of(answer)
    if isinstance(answer, Blocked):
        audit.record(
            "ssrf.blocked", outcome="refused", client_id=client_id, host=answer.host
        )
    audit.record(
        "delivery.tested",
        user_id=by,
        client_id=client_id,
        after={"accepted": taken, "error": error},
    )
    return LogoutTrial(taken, error, uri)


def _ready(row: Client) -> tuple[str, str]:
    """Return where a client is told, and a token that tells of nobody."""
    client = find_client(row.client_id)
    if client is None or client.backchannel_logout_uri is None:
        raise NoLogoutUri
    made_up = {"user_id": new_subject(), "sid": new_id()}
    token = logout_token(client, **made_up, now=utcnow())
    return client.backchannel_logout_uri, token
