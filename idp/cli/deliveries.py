"""``idp deliveries``."""

import json
from dataclasses import asdict, dataclass

import click

from idp.accounts.access.permissions import Permission
from idp.cli.application import with_application
from idp.cli.client_json import always_json, moment
from idp.cli.listing import json_option, limit_option, print_list
from idp.core.db import db
from idp.core.paging import FirstItems
from idp.oauth.logout.listing import (
    Delivery,
    DeliveryState,
    list_deliveries,
    replay_delivery,
)
from idp.oauth.logout.trial import try_delivery
from idp.web.answer_words import answer_words

MOST = 1000
REFUSED_STATUS = 1


@dataclass(frozen=True)
class ListedDelivery:
    """One line about a notice."""

    id: str
    client_id: str
    user_id: str
    sid: str
    state: str
    tries: int
    created_at: str | None
    next_try_at: str | None
    error: str | None


@click.group()
def command() -> None:
    """See what apps were told of sign-outs, and try whether they hear."""


@command.command("list")
@click.option("--client", "client_id", help="The id of a client.")
@click.option("--state", type=click.Choice([each.value for each in DeliveryState]))
@limit_option(MOST)
@json_option
@with_application(Permission.DELIVERIES_READ)
def list_all(
    *, client_id: str | None, state: str | None, limit: int, as_json: bool
) -> None:
    """List the notices of the last week, the newest first."""
    wanted = DeliveryState(state) if state else None
    page = list_deliveries(FirstItems(limit), client_id=client_id, state=wanted)
    print_list([_line(item) for item in page.items], as_json=as_json)


@command.command("test")
@click.argument("client_id")
@json_option
@with_application(Permission.CLIENTS_WRITE)
def test_client(*, client_id: str, as_json: bool) -> None:
    """Post a genuine logout token about a made-up session to CLIENT_ID, once.

    Ends with 1 where the client does not accept it.
    """
    done = try_delivery(client_id)
    db.session.commit()
    said = answer_words(done.error)
    if as_json:
        click.echo(json.dumps({**asdict(done), "message": said}, indent=2))
    else:
        click.echo(f"{done.uri}: {said}")
    if not done.accepted:
        click.get_current_context().exit(REFUSED_STATUS)


@command.command()
@click.argument("delivery_id")
@always_json
@with_application(Permission.CLIENTS_WRITE)
def replay(*, delivery_id: str) -> None:
    """Have the notice with the id DELIVERY_ID sent again at once."""
    replay_delivery(delivery_id)
    db.session.commit()
    click.echo(json.dumps({"id": delivery_id, "state": "waiting"}, indent=2))


def _line(item: Delivery) -> ListedDelivery:
    """Return a notice as it is listed."""
    return ListedDelivery(
        id=item.id,
        client_id=item.client_id,
        user_id=item.user_id,
        sid=item.sid,
        state=item.state,
        tries=item.tries,
        created_at=moment(item.created_at),
        next_try_at=moment(item.next_try_at),
        error=item.error,
    )
