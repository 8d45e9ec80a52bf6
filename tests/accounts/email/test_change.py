"""Switching an account to another address."""

import pytest

OLD, NEW = "old@example.com", "new@example.com"


@pytest.fixture
def ada(make):
    return make.users.account(OLD, name="Ada")


@pytest.fixture
def page(browser, ada):
    """A browser in which Ada has just signed in."""
    browser.sign_in(ada.email, ada.password)
    return browser


def ask(browser, address=NEW):
    """Ask for another address on the page."""
    browser.open("/account/email")
    return browser.submit("/account/email", new_email=address)


def press(browser, link):
    """Open a mailed link and press its button."""
    browser.open(link)
    return browser.submit()


def test_nothing_changes_before_the_new_address_confirms(page, make, ada):
    ask(page)
    assert make.records.user_row(ada.id)["email"] == OLD
    assert "Waiting for your new address" in page.text
    assert make.records.mail_to(NEW).kind == "email_change_confirm"


def test_the_link_switches_also_in_another_browser(page, make, ada, another_browser):
    ask(page)
    elsewhere = another_browser()
    press(elsewhere, make.records.mail_to(NEW).link)
    assert elsewhere.title == "Email changed – idp"
    row = make.records.user_row(ada.id)
    assert (row["email"], row["email_key"]) == (NEW, NEW)
    assert row["email_verified_at"] is not None
    assert make.records.audited("email.changed") == [("ok", ada.id)]


def test_looking_at_the_link_changes_nothing(page, make, ada):
    ask(page)
    link = make.records.mail_to(NEW).link
    for _ in range(5):
        page.http.get(link)
        page.http.head(link)
    assert make.records.user_row(ada.id)["email"] == OLD
    press(page, link)
    assert make.records.user_row(ada.id)["email"] == NEW


def test_the_link_works_once(page, make):
    ask(page)
    link = make.records.mail_to(NEW).link
    press(page, link)
    assert page.open(link).status_code == 400
    assert "expired or was already used" in page.text


def test_the_code_switches_on_the_page(page, make, ada):
    ask(page)
    code = make.records.mail_to(NEW).code
    page.submit("/account/email/confirm", code=f"{code[:3]} {code[3:]}")
    assert "Your email was changed." in page.text
    assert make.records.user_row(ada.id)["email"] == NEW


def test_five_wrong_codes_leave_only_the_link(page, make, ada):
    ask(page)
    code = make.records.mail_to(NEW).code
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(5):
        page.submit("/account/email/confirm", code=wrong)
        assert "That code isn’t right" in page.text
    page.submit("/account/email/confirm", code=code)
    assert make.records.user_row(ada.id)["email"] == OLD
    press(page, make.records.mail_to(NEW).link)
    assert make.records.user_row(ada.id)["email"] == NEW


def test_one_signs_in_by_the_new_address_alone(page, make, ada, another_browser):
    ask(page)
    press(page, make.records.mail_to(NEW).link)
    other = another_browser()
    other.sign_in(OLD, ada.password)
    assert other.title.startswith("Error: ")
    other.sign_in(NEW, ada.password)
    assert NEW in other.text


def test_the_old_address_is_told_at_once_and_at_the_switch(page, make):
    ask(page)
    assert [mail.kind for mail in make.records.mails_to(OLD)] == ["email_change_notice"]
    press(page, make.records.mail_to(NEW).link)
    kinds = [mail.kind for mail in make.records.mails_to(OLD)]
    assert kinds == ["email_change_notice", "email_changed"]


def test_it_can_be_cancelled(page, make, ada):
    ask(page)
    page.submit("/account/email/cancel")
    assert "Waiting" not in page.text
    assert page.open(make.records.mail_to(NEW).link).status_code == 400
    assert make.records.user_row(ada.id)["email"] == OLD


def test_the_message_can_be_sent_again(page, make, ada):
    ask(page)
    first = make.records.mail_to(NEW)
    page.submit("/account/email/resend")
    second = make.records.mail_to(NEW)
    assert first.link != second.link
    assert page.open(first.link).status_code == 400
    press(page, second.link)
    assert make.records.user_row(ada.id)["email"] == NEW


def test_another_request_takes_the_place_of_the_one_before(page, make, ada):
    ask(page, "typo@example.com")
    ask(page)
    assert page.open(make.records.mail_to("typo@example.com").link).status_code == 400
    press(page, make.records.mail_to(NEW).link)
    assert make.records.user_row(ada.id)["email"] == NEW


def test_the_link_expires_after_a_day(page, make, ada, clock):
    ask(page)
    clock.tick(hours=24, seconds=1)
    assert page.open(make.records.mail_to(NEW).link).status_code == 400
    assert make.records.user_row(ada.id)["email"] == OLD


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter your new email address."),
        ("nonsense", "Enter an email address like"),
        ("a@b.example, c@d.example", "Enter an email address like"),
        ("OLD@example.com", "This is your address already."),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(page, make, typed, words):
    ask(page, typed)
    assert words in page.text
    assert page.title.startswith("Error: ")
    assert make.records.mails_to(OLD) == []


def test_a_taken_address_is_told_where_privacy_is_open(page, make):
    make.users.account(NEW)
    ask(page)
    assert "already an account with this email" in page.text
    assert make.records.mails_to(NEW) == []


@pytest.mark.parametrize("environ", [{"IDP_ACCOUNT_PRIVACY": "private"}])
def test_a_taken_address_is_not_told_where_privacy_is_private(page, make):
    make.users.account(NEW)
    ask(page)
    taken = page.text
    assert "We’ve sent a link and a code to" in taken
    assert make.records.mail_to(NEW).kind == "account_exists"
    ask(page, "free@example.com")
    assert page.text == taken.replace(NEW, "free@example.com")


def test_who_confirms_an_address_first_has_it(page, make, ada, another_browser):
    grace = make.users.account("grace@example.com")
    other = another_browser()
    other.sign_in(grace.email, grace.password)
    ask(page)
    of_ada = make.records.mail_to(NEW).link
    ask(other)
    of_grace = make.records.mail_to(NEW).link
    press(other, of_grace)
    press(page, of_ada)
    assert page.response.status_code == 400
    assert make.records.user_row(grace.id)["email"] == NEW
    assert make.records.user_row(ada.id)["email"] == OLD


def test_what_was_mailed_to_the_old_address_signs_nobody_in_any_more(page, make, ada):
    link = make.users.sign_in_link(ada)
    ask(page)
    press(page, make.records.mail_to(NEW).link)
    assert page.open(link).status_code == 400


def test_only_so_many_messages_go_to_one_address(page, make):
    ask(page)
    for _ in range(2):
        page.submit("/account/email/resend")
    assert len(make.records.mails_to(NEW)) == 3
    answer = page.send("/account/email/resend")
    assert answer.status_code == 429
    assert len(make.records.mails_to(NEW)) == 3


def test_who_has_not_confirmed_the_first_address_corrects_that_one(browser, make):
    """No notice goes to it: it may be a stranger's, mistyped at sign-up."""
    typo = make.users.account("typo@example.com", email_verified=False)
    browser.sign_in(typo.email, typo.password)
    browser.open("/account/email")
    assert browser.title == "Check your email – idp"
