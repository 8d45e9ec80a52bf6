"""/api/admin/deliveries: what clients were told of sign-outs; a test."""

from datetime import datetime

from flask import Response
from pydantic import Field

from idp.accounts.access.permissions import Permission
from idp.accounts.access.principal import Caller
from idp.accounts.sign_in.reauthentication import ReauthenticationRequired
from idp.oauth.clients.changes import UnknownClient
from idp.oauth.logout.listing import (
    Delivery,
    DeliveryState,
    NoSuchDelivery,
    list_deliveries,
    replay_delivery,
)
from idp.oauth.logout.trial import NoLogoutUri, try_delivery
from idp.web.answer_words import answer_words
from idp.web.callers import access
from idp.web.callers.access import NotPermitted
from idp.web.json.models import Answer
from idp.web.json.paging import PageAnswer, PageQuery, next_link
from idp.web.json.routes import JsonBlueprint, reply

api = JsonBlueprint(
    "admin_deliveries_api", __name__, tag="Administration: deliveries and mail"
)
PATH = "/api/admin/deliveries"
ERROR = (
    "`http_<status>`, `dns`, `connection`, `proxy`, `tls`, `timeout`, `too_large`, "
    "`protocol`, `blocked_url`, `blocked_address` or `client_gone`"
)


class DeliveryQuery(PageQuery):
    """Which deliveries to list."""

    client_id: str | None = Field(None, max_length=255)
    state: DeliveryState | None = None


class DeliveryAnswer(Answer):
    """A back-channel logout notice to a client.

    `error` is why the newest try failed, null where none did or it has arrived;
    `next_try_at` is null where it is tried no more.
    """

    __qualname__ = "Delivery"  # as the API document calls it

    id: str
    client_id: str
    user_id: str
    sid: str
    state: DeliveryState
    tries: int
    created_at: datetime
    next_try_at: datetime | None
    error: str | None = Field(description=ERROR)
    delivered_at: datetime | None
    failed_at: datetime | None


class DeliveryTest(Answer):
    """What came of a test; `message` says `error` in words."""

    accepted: bool
    error: str | None = Field(description=ERROR)
    message: str
    backchannel_logout_uri: str


@api.operation(
    "GET",
    PATH,
    id="admin_deliveries_api_show_all",
    query=DeliveryQuery,
    answers={200: PageAnswer[DeliveryAnswer]},
    refusals=(NotPermitted,),
)
def show_all(who: Caller, query: DeliveryQuery) -> Response:
    """List the notices of sign-outs to clients, the newest first, kept for a week."""
    access.require(who, Permission.DELIVERIES_READ)
    page = list_deliveries(query, client_id=query.client_id, state=query.state)
    answer = PageAnswer[DeliveryAnswer](
        items=[_answer(item) for item in page.items], next_cursor=page.next_cursor
    )
    return reply(answer, headers=next_link(page))


@api.operation(
    "POST",
    f"{PATH}/<delivery_id>/replay",
    id="admin_deliveries_api_replay",
    answers={204: None},
    refusals=(NotPermitted, NoSuchDelivery, ReauthenticationRequired),
)
def replay(who: Caller, delivery_id: str) -> None:
    """Send a notice again at once, whatever became of it, with a new logout token."""
    access.require(who, Permission.CLIENTS_WRITE)
    access.fresh_proof(who)
    replay_delivery(delivery_id, by=who.user_id)


@api.operation(
    "POST",
    "/api/admin/clients/<path:client_id>/deliveries/test",
    id="admin_deliveries_api_test",
    answers={200: DeliveryTest},
    refusals=(NotPermitted, UnknownClient, NoLogoutUri, ReauthenticationRequired),
)
def test(who: Caller, client_id: str) -> DeliveryTest:
    """Post a genuine logout token about a made-up session to a client, once."""
    access.require(who, Permission.CLIENTS_WRITE)
    access.fresh_proof(who)
    done = try_delivery(client_id, by=who.user_id)
    return DeliveryTest(
        accepted=done.accepted,
        error=done.error,
        message=answer_words(done.error),
        backchannel_logout_uri=done.uri,
    )


def _answer(item: Delivery) -> DeliveryAnswer:
    """Return a notice as an answer."""
    told = {name: getattr(item, name) for name in DeliveryAnswer.model_fields}
    return DeliveryAnswer.model_validate(told)
