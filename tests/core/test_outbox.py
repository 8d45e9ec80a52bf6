"""Rows to send: who takes them, how long they are tried, and what is logged."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select

from idp.core.clock import utcnow
from idp.core.connections import connection
from idp.core.db import UTCDateTime, commit_if_used
from idp.core.outbox import DeliveryLog, Outbox, Share

PARCELS = Table(
    "parcels",
    MetaData(),
    Column("id", String(32), primary_key=True),
    Column("street", String(8)),
    Column("content", String(8)),
    Column("created_at", UTCDateTime()),
    Column("next_try_at", UTCDateTime()),
    Column("claimed_until", UTCDateTime()),
    Column("tries", Integer),
    Column("last_error", String(8)),
    Column("arrived_at", UTCDateTime()),
    Column("failed_at", UTCDateTime()),
)


def outbox(**options) -> Outbox:
    return Outbox(
        PARCELS,
        done="arrived_at",
        claim_for=timedelta(minutes=1),
        first_wait=timedelta(seconds=10),
        blanked={"content": ""},
        log=DeliveryLog(
            logging.getLogger("idp.parcels"),
            done="parcel.arrived",
            delayed="parcel.delayed",
            failed="parcel.failed",
            facts=lambda row: {"parcel": row.id},
        ),
        **options,
    )


@pytest.fixture(autouse=True)
def unit(app):
    with app.app_context():
        PARCELS.create(connection())
        commit_if_used()
        yield
        PARCELS.drop(connection())
        commit_if_used()


def put(row_id: str, street: str = "elm") -> None:
    now = utcnow()
    row = {
        "id": row_id,
        "street": street,
        "content": "secret",
        "created_at": now,
        "next_try_at": now,
        "tries": 0,
    }
    connection().execute(insert(PARCELS), row)
    commit_if_used()


def row_of(row_id: str):
    return connection().execute(select(PARCELS).where(PARCELS.c.id == row_id)).one()


def test_a_claimed_row_is_nobody_elses_until_the_claim_runs_out(clock):
    put("a")
    assert outbox().claim("a").tries == 1
    assert outbox().claim("a") is None
    assert outbox().find_due(5) == []
    clock.tick(minutes=1)
    assert outbox().claim("a").tries == 2


def test_what_arrived_is_never_due_again(clock):
    put("a")
    outbox().succeed(outbox().claim("a"), content="gone")
    clock.tick(days=1)
    assert outbox().find_due(5) == []
    assert (row_of("a").arrived_at is not None, row_of("a").content) == (True, "gone")


def test_what_is_put_off_waits_longer_each_time_and_fails_after_a_day(clock, caplog):
    put("a")
    waits = []
    while not row_of("a").failed_at:
        outbox().put_off(outbox().claim("a"), "away for a while")
        waits.append((row_of("a").next_try_at - clock.now).total_seconds())
        clock.now = max(clock.now, row_of("a").next_try_at)
    assert waits[:4] == [10, 20, 40, 80]
    assert max(waits) == 3600
    assert (row_of("a").content, row_of("a").last_error) == ("", "away for")
    assert {record.message for record in caplog.records} == {
        "parcel.delayed",
        "parcel.failed",
    }


def test_a_claim_that_ran_out_changes_nothing_of_a_finished_row(clock):
    put("a")
    slow = outbox().claim("a")
    clock.tick(minutes=1)
    outbox().succeed(outbox().claim("a"))
    outbox().give_up(slow, "lost")
    assert row_of("a").failed_at is None


def test_a_round_takes_of_each_value_no_more_than_its_share():
    for number in range(3):
        put(f"a{number}")
    put("b", street="oak")
    fair = outbox(share=Share(PARCELS.c.street, 2))
    assert sorted(fair.find_due(10)) == ["a0", "a1", "b"]
    assert len(fair.find_due(1)) == 1
