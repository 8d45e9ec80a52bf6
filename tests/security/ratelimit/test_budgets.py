"""The budgets and the settings that say how large they are."""

import dataclasses

import pytest
from sqlalchemy import select

from idp.core.db import db
from idp.security import audit
from idp.security.models.counter import Counter
from idp.security.ratelimit import budgets
from idp.security.ratelimit.budgets import MAIL_IP
from idp.security.ratelimit.counters import CountedTooLate
from idp.security.ratelimit.meters import Budget
from idp.security.ratelimit.settings import RateLimitSettings

# Of an endpoint that is yet to come (RFC 7591); the contract has its name.
WITHOUT_READER = {"ratelimit_registration_ip"}
SETTINGS = {field.name for field in dataclasses.fields(RateLimitSettings)}
BUDGETS = [value for value in vars(budgets).values() if isinstance(value, Budget)]


def test_each_budget_is_as_large_as_the_setting_of_its_name():
    own = RateLimitSettings(**{name: f"of {name}" for name in SETTINGS})
    by_name = {f"ratelimit_{budget.name}": budget.notation(own) for budget in BUDGETS}
    settable = {name: text for name, text in by_name.items() if name in SETTINGS}
    assert settable == {name: f"of {name}" for name in SETTINGS - WITHOUT_READER}


def test_no_two_budgets_share_a_counter():
    assert len({budget.name for budget in BUDGETS}) == len(BUDGETS)


@pytest.mark.any_database  # others let two connections write at once
def test_no_try_is_counted_after_its_request_has_written(app):
    with app.app_context():
        audit.record("logout")
        db.session.flush()
        with pytest.raises(CountedTooLate):
            MAIL_IP.meter("203.0.113.7").count()


def test_looking_at_a_budget_writes_nothing_that_waits(app):
    with app.app_context():
        audit.record("logout")
        meter = MAIL_IP.meter("203.0.113.7")
        meter.check()
        meter.count()
        assert set(db.session.scalars(select(Counter.value))) == {1}
