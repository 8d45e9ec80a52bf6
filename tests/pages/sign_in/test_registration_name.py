"""/register asks for a name as the policy of the server says."""

import pytest

from tests.make_users import PASSWORD


def policy(value):
    return pytest.mark.parametrize("environ", [{"IDP_REGISTRATION_NAME": value}])


def sign_up(browser, **more):
    browser.open("/register")
    browser.submit("/register", email="ada@example.org", password=PASSWORD, **more)


@policy("required")
def test_a_required_name_is_asked_for(browser, make):
    browser.open("/register")
    browser.submit("/register", email="ada", username="a b", password="short")
    for words in ("This field is required.", "like name@", "digits", "at least 12"):
        assert words in browser.text
    summary = browser.response.text.partition('id="errors"')[2].partition("</ul>")[0]
    assert summary.count("<li>") == 4
    assert make.records.user_id_of("ada@example.org") is None
    sign_up(browser, name="Ada")
    assert make.records.user_id_of("ada@example.org")


@policy("off")
def test_a_name_that_is_not_wanted_is_not_asked_for(browser, make):
    browser.open("/register")
    assert 'name="name"' not in browser.response.text
    sign_up(browser)
    assert make.records.user_id_of("ada@example.org")
