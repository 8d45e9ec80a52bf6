"""Units of work that may not wait, because all others would wait with them."""

import pytest

from idp.core.connections import Database, connection, reading
from idp.core.context import MustWait, begin, current, services_of
from idp.core.db import end_unit
from idp.core.hashing import passwords
from idp.security.outbound.client import Outbound
from idp.security.ratelimit.counters import Counters


@pytest.fixture
def at_once(app):
    unit = begin(services_of(app), at_once=True)
    yield unit
    end_unit(unit)


def hash_a_password():
    passwords().hash("a password of somebody")


def count():
    return current(Counters).shared


def fetch():
    current(Outbound).get("https://app.example/jwks.json")


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("work", [hash_a_password, count, fetch])
def test_what_others_can_hold_up_is_not_begun(work):
    with pytest.raises(MustWait):
        work()


@pytest.mark.usefixtures("at_once")
def test_only_a_database_in_this_process_is_asked():
    def ask():
        with reading() as held:
            return held.exec_driver_sql("SELECT 1").scalar()

    for work in (ask, connection):
        if current(Database).embedded:
            assert work()
        else:
            with pytest.raises(MustWait):
                work()
