"""The budgets and the settings that say how large they are."""

import dataclasses

from idp.security.ratelimit import budgets
from idp.security.ratelimit.meters import Budget
from idp.security.ratelimit.settings import RateLimitSettings

WITHOUT_READER = {"ratelimit_otp_factor", "ratelimit_registration_ip"}
SETTINGS = {field.name for field in dataclasses.fields(RateLimitSettings)}
BUDGETS = [value for value in vars(budgets).values() if isinstance(value, Budget)]


def test_each_budget_is_as_large_as_the_setting_of_its_name():
    own = RateLimitSettings(**{name: f"of {name}" for name in SETTINGS})
    by_name = {f"ratelimit_{budget.name}": budget.notation(own) for budget in BUDGETS}
    settable = {name: text for name, text in by_name.items() if name in SETTINGS}
    assert settable == {name: f"of {name}" for name in SETTINGS - WITHOUT_READER}


def test_no_two_budgets_share_a_counter():
    assert len({budget.name for budget in BUDGETS}) == len(BUDGETS)
