"""/account/emails: the addresses of an account on pages."""

import pytest

PATH, NEW = "/account/emails", "second@example.com"


@pytest.fixture
def ada(make):
    return make.users.account(name="Ada")


@pytest.fixture
def page(browser, ada):
    browser.sign_in(ada.email, ada.password)
    return browser


def add(browser, email=NEW):
    browser.open(PATH)
    return browser.submit(PATH, email=email)


def act_on(browser, name):
    """Return the path of a button beside the further address."""
    found = [form.action for form in browser.page.forms if form.action.endswith(name)]
    assert len(found) == 1, found
    return found[0]


def test_the_link_confirms_in_any_browser_and_says_whose_account(
    page, make, ada, another_browser
):
    add(page)
    assert "We’ve sent a link and a code." in page.text
    assert "Not confirmed" in page.text
    elsewhere = another_browser()
    elsewhere.open(make.records.mail_to(NEW).link)
    assert ada.email in elsewhere.text
    elsewhere.submit()
    assert elsewhere.title == "Email confirmed – idp"
    page.open(PATH)
    assert "Not confirmed" not in page.text
    other = another_browser()
    other.sign_in(NEW, ada.password)
    assert other.response.request.path == "/account"


def test_looking_at_the_link_changes_nothing(page, make):
    add(page)
    link = make.records.mail_to(NEW).link
    for _ in range(5):
        page.http.get(link)
        page.http.head(link)
    page.open(PATH)
    assert "Not confirmed" in page.text
    page.open(link)
    page.submit()
    assert page.open(link).status_code == 400


def test_the_code_confirms_on_the_page(page, make):
    add(page)
    code = make.records.mail_to(NEW).code
    page.submit(act_on(page, "/confirm"), code="000000" if code != "000000" else "1")
    assert "That code isn’t right" in page.text
    page.submit(act_on(page, "/confirm"), code=f"{code[:3]} {code[3:]}")
    assert "You can sign in with this address now." in page.text


def test_the_message_can_be_sent_again(page, make):
    add(page)
    first = make.records.mail_to(NEW).link
    page.submit(act_on(page, "/resend"))
    assert make.records.mail_to(NEW).link != first
    assert page.open(first).status_code == 400


def test_it_is_made_primary_and_the_old_one_removed(page, make, ada):
    add(page)
    page.open(make.records.mail_to(NEW).link)
    page.submit()
    page.open(PATH)
    page.submit(act_on(page, "/primary"))
    assert "Your primary address was changed." in page.text
    assert make.records.user_row(ada.id)["email"] == NEW
    page.submit(act_on(page, "/remove"))
    assert "The address was removed." in page.text
    assert ada.email not in page.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter your email address."),
        ("nonsense", "Enter an email address like"),
        ("BOB@example.com", "There’s already an account with this email."),
    ],
)
def test_what_cannot_be_added_is_said_beside_the_field(page, make, typed, words):
    make.users.account("bob@example.com")
    add(page, typed)
    assert words in page.text
    assert page.title.startswith("Error: ")


def test_an_old_sign_in_is_confirmed_first_and_what_was_typed_comes_back(
    page, ada, clock
):
    page.open(PATH)
    clock.tick(minutes=11)
    page.submit(PATH, email=NEW)
    assert page.response.request.path == "/account/confirm"
    page.submit(password=ada.password)
    assert f'value="{NEW}"' in page.response.text


@pytest.mark.parametrize("act", ["remove", "primary"])
def test_an_old_sign_in_neither_removes_one_nor_makes_it_primary(
    page, make, ada, clock, act
):
    address_id = make.users.further_email(ada, NEW)
    page.open(PATH)
    clock.tick(minutes=11)
    page.submit(f"{PATH}/{address_id}/{act}")
    assert page.response.request.path == "/account/confirm"
    assert make.records.user_row(ada.id)["email"] == ada.email
    assert make.records.mails_to(NEW) == []
    page.submit(password=ada.password)
    assert page.response.request.path == PATH
    assert NEW in page.text
    page.submit(act_on(page, f"/{act}"))
    assert make.records.mails_to(ada.email) != []


def test_an_unproven_account_is_asked_to_confirm_first(browser, make):
    bob = make.users.account("bob@example.com", email_verified=False)
    browser.sign_in(bob.email, bob.password)
    browser.open(PATH)
    assert "Confirm your email address first." in browser.text


@pytest.mark.parametrize("token", ["", "x", ".", "é.é", "0" * 32 + ".AAAA", "a\x00.b"])
def test_a_forged_link_is_over(browser, token):
    answer = browser.http.get("/account/emails/confirm", query_string={"token": token})
    assert answer.status_code == 400
