"""A mailed code may be written as people write it."""

import pytest

from tests.make_factors import other_digits


@pytest.mark.parametrize("written", [" {} ", "{}\N{NO-BREAK SPACE}"])
@pytest.mark.parametrize("zero", ["0", "\N{ARABIC-INDIC DIGIT ZERO}"])
def test_spaces_and_digits_of_any_script_are_taken(browser, make, written, zero):
    ada = make.users.account(email_verified=False)
    browser.sign_in(ada.email, ada.password)
    code = make.records.mail_to(ada.email).code
    browser.open("/email-verification")
    browser.submit(code=written.format(other_digits(code, zero)))
    browser.open("/account")
    assert "Verified" in browser.text
