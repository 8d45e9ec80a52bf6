from tests.make_users import PASSWORD


def test_signing_out_is_asked_first_and_ends_the_session(browser, make):
    account = make.users.account()
    browser.sign_in(account.email, PASSWORD)
    token = browser.cookie()
    for _ in range(3):
        browser.open("/logout")
        browser.http.head("/logout")
    assert f"You are signed in as {account.email}" in browser.text
    browser.submit()
    assert "You’re signed out" in browser.text
    assert browser.cookie() is None
    assert make.records.audited("logout") == [("ok", account.id)]
    browser.use_cookie(token)
    browser.open("/account")
    assert browser.response.request.path == "/login"


def test_signing_out_of_a_tab_that_was_left_open_ends_sensibly(browser, make):
    browser.sign_in(make.users.account().email, PASSWORD)
    browser.open("/logout")
    left_open = browser.response
    browser.submit()
    browser.response = left_open
    browser.submit()
    assert "You’re signed out" in browser.text


def test_the_account_is_closed_after_signing_out(browser, make):
    browser.sign_in(make.users.account().email, PASSWORD)
    browser.open("/logout")
    browser.submit()
    browser.open("/account")
    assert browser.response.request.path == "/login"


def test_other_browsers_stay_signed_in(browser, another_browser, make):
    account, other = make.users.account(), another_browser()
    for each in (browser, other):
        each.sign_in(account.email, PASSWORD)
    browser.open("/logout")
    browser.submit()
    assert account.email in other.open("/account").text
