"""``idp waitlist``."""

import json
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from idp.accounts.models import WaitingPlace

LIST = ("waitlist", "list", "--json")


@pytest.fixture
def places(idp, database_url):
    """Three places in order; their ids."""
    idp("users", "list")  # makes the database
    engine, ids = sa.create_engine(database_url), [c * 32 for c in "abc"]
    with engine.begin() as connection:
        for place_id in ids:
            address = f"{place_id[:1]}@example.com"
            now = datetime.now(UTC)
            row = {"id": place_id, "email": address, "email_key": address}
            row |= {"language": "en", "asked_at": now, "confirmed_at": now}
            connection.execute(sa.insert(WaitingPlace).values(**row))
    engine.dispose()
    return ids


def listed(idp, *more):
    return [row["id"] for row in json.loads(idp(*LIST, *more).output)]


def test_people_are_let_in_and_removed(idp, places):
    ada, bob, cid = places
    assert listed(idp) == places
    assert listed(idp, "--query", "b@") == [bob]
    done = json.loads(idp("waitlist", "admit", bob, "--json").output)
    assert done == [{"id": bob, "decision": "admitted"}]
    assert ada in idp("waitlist", "admit", "--next", "1").output
    assert listed(idp) == [cid]
    assert sorted(listed(idp, "--state", "admitted")) == [ada, bob]
    late = idp("waitlist", "admit", ada, status=4)
    assert "Nobody of these waits" in late.stderr
    idp("waitlist", "remove", cid)
    assert listed(idp) == []
    idp("waitlist", "remove", cid, status=3)
    assert "Name places" in idp("waitlist", "admit", status=2).stderr
