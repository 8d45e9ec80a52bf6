"""Statements that the driver runs: their values, transactions and errors."""

from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import bindparam, event, func, insert, literal, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from idp.core.clock import utcnow
from idp.core.connections import connection, release
from idp.core.db import db, table_of
from idp.core.prepared import Prepared
from idp.oauth.models import Interaction

interactions = table_of(Interaction)
ADD = Prepared(insert(interactions))
OWN = interactions.c.digest == bindparam("of")
FIND = Prepared(select(interactions).where(OWN))
FINISH = Prepared(
    update(interactions)
    .where(OWN, interactions.c.finished_at.is_(None))
    .values(finished_at=bindparam("now"))
    .returning(interactions.c.client_id, interactions.c.parameters)
)
REBIND = Prepared(
    update(interactions)
    .where(interactions.c.client_id == bindparam("of"))
    .values(browser="fixed")
)
NOW = utcnow()
ROW = {
    "digest": "d" * 64,
    "browser": None,
    "client_id": "an app, with an 'é'",
    "parameters": {"list": [1, "two"], "none": None},
    "created_at": NOW,
    "expires_at": NOW + timedelta(hours=1),
}


@pytest.fixture
def work(app):
    """A unit of work."""
    with app.app_context():
        yield


def add(**changed):
    assert ADD.changes_one(ROW | changed)


def test_values_come_back_as_they_went_in(work):
    add()
    found = FIND.one_or_none({"of": ROW["digest"]})
    assert {name: getattr(found, name) for name in ROW} == ROW
    assert found.finished_at is None


def test_what_is_not_there_is_none(work):
    assert FIND.one_or_none({"of": "nothing"}) is None


def test_a_returning_update_gives_its_row_once(work):
    add()
    values = {"of": ROW["digest"], "now": NOW}
    finished = FINISH.one_or_none(values)
    assert tuple(finished) == (ROW["client_id"], ROW["parameters"])
    assert FINISH.one_or_none(values) is None


def test_it_tells_how_many_rows_it_changed(work):
    add()
    add(digest="e" * 64)
    assert REBIND.run({"of": ROW["client_id"]}) == 2
    assert not REBIND.changes_one({"of": ROW["client_id"]})
    assert FIND.one_or_none({"of": ROW["digest"]}).browser == "fixed"


def test_a_column_without_a_name_is_read_by_its_place(work):
    assert tuple(Prepared(select(literal(1), func.abs(-2))).one_or_none({})) == (1, 2)


class Found(NamedTuple):
    client_id: str
    parameters: dict[str, Any]


PARTS = select(interactions.c.client_id, interactions.c.parameters).where(OWN)


def test_a_row_is_of_the_class_that_names_its_columns(work):
    add()
    found = Prepared(PARTS, Found).one_or_none({"of": ROW["digest"]})
    assert found == Found(ROW["client_id"], ROW["parameters"])
    assert isinstance(found, Found)


def test_a_class_with_other_names_than_the_statement_is_refused(work):
    wrong = Prepared(PARTS.add_columns(interactions.c.digest), Found)
    with pytest.raises(TypeError, match="client_id, parameters, digest"):
        wrong.one_or_none({"of": "nothing"})


def test_what_is_committed_stays_and_the_rest_does_not(work):
    add()
    release(commit=True)
    add(digest="e" * 64)
    release()
    assert FIND.one_or_none({"of": ROW["digest"]})
    assert FIND.one_or_none({"of": "e" * 64}) is None


def test_it_shares_the_transaction_of_the_session(work):
    add()
    assert db.session.get_one(Interaction, ROW["digest"]).client_id == ROW["client_id"]
    db.session.rollback()
    assert FIND.one_or_none({"of": ROW["digest"]}) is None


def test_a_read_outside_sees_what_is_committed(work):
    add()
    release(commit=True)
    assert FIND.read({"of": ROW["digest"]}).client_id == ROW["client_id"]
    assert not db.session.registry.has()


def test_a_drivers_error_is_sqlalchemys_and_shows_no_value(work):
    add()
    with pytest.raises(IntegrityError) as refused:
        add()
    release()
    assert ROW["digest"] not in str(refused.value).partition("DETAIL")[0]
    assert FIND.one_or_none({"of": ROW["digest"]}) is None


def test_a_connection_that_was_lost_is_replaced(work):
    FIND.one_or_none({"of": "nothing"})
    connection().connection.dbapi_connection.close()
    with pytest.raises(DBAPIError) as lost:
        FIND.one_or_none({"of": "nothing"})
    assert lost.value.connection_invalidated
    release()
    assert FIND.one_or_none({"of": "nothing"}) is None


def test_listeners_are_told_of_each_statement(work):
    seen = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
    FIND.one_or_none({"of": "nothing"})
    assert [statement.split()[0] for statement in seen] == ["SELECT"]
