from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.make_users import PASSWORD

ADA = "ada@example.com"
ENDED = "This link has expired or was already used."
PRIVATE = [{"IDP_ACCOUNT_PRIVACY": "private"}]


@pytest.fixture
def signed_up(browser, make):
    """A browser that has just registered Ada and shows where to confirm."""
    browser.open("/register")
    browser.submit(email=ADA, password=PASSWORD)
    return browser


def verified(make, address=ADA):
    return (
        make.records.user_row(make.records.user_id_of(address))["email_verified_at"]
        is not None
    )


def test_looking_at_the_link_changes_nothing_and_the_button_confirms(
    signed_up, another_browser, make
):
    link = make.records.mail_to(ADA).link
    scanner, reader = another_browser(), another_browser()
    for _ in range(5):
        assert scanner.http.head(link).status_code == 200
        assert scanner.open(link).status_code == 200
    assert not verified(make)
    reader.open(link)
    assert "Is a***@example.com your address?" in reader.text
    reader.submit()
    assert reader.response.request.path == "/password-reset"
    assert verified(make)
    assert make.records.audited("email.verified") == [
        ("ok", make.records.user_id_of(ADA))
    ]


def test_a_used_link_says_one_thing_to_everybody(signed_up, another_browser, make):
    link = make.records.mail_to(ADA).link
    reader = another_browser()
    for _ in range(2):
        reader.open("/login")
    reader.open(link)
    reader.submit()
    assert reader.open(link).status_code == 200
    assert "Email confirmed" in reader.text
    for answer in (
        reader.open(link[:-4] + "aaaa"),
        reader.open("/email-verification?token="),
        reader.open("/email-verification?token=%00%ff"),
    ):
        assert answer.status_code == 400
        assert ENDED in reader.text


def test_pressing_the_button_twice_ends_sensibly(signed_up, make):
    signed_up.open(make.records.mail_to(ADA).link)
    assert signed_up.send().status_code == 303
    again = signed_up.send()
    assert (again.status_code, again.location) == (303, "/email-verification/done")
    assert len(make.records.audited("email.verified")) == 1


def test_the_code_confirms_however_it_is_typed(signed_up, make):
    code = make.records.mail_to(ADA).code
    signed_up.submit(code=f" {code[:3]} {code[3:]} ")
    assert "Email confirmed" in signed_up.text
    assert verified(make)


def test_confirming_goes_on_to_where_the_person_was_going(browser, make):
    browser.open("/register?return_to=/account/password")
    browser.submit(email=ADA, password=PASSWORD)
    browser.submit(code=make.records.mail_to(ADA).code)
    assert browser.response.request.path == "/account/password"


def test_the_link_goes_on_too_in_the_browser_that_asked(browser, make):
    browser.open("/register?return_to=/account/password")
    browser.submit(email=ADA, password=PASSWORD)
    browser.open(make.records.mail_to(ADA).link)
    browser.submit()
    assert browser.response.request.path == "/account/password"


def test_after_five_wrong_codes_only_the_link_is_left(signed_up, make):
    mail = make.records.mail_to(ADA)
    wrong = f"{(int(mail.code) + 1) % 10**6:06d}"
    for _ in range(5):
        signed_up.submit(code=wrong)
        assert "That code isn’t right" in signed_up.text
        assert signed_up.title.startswith("Error: ")
    signed_up.submit(code=mail.code)
    assert "That code isn’t right" in signed_up.text
    assert not verified(make)
    signed_up.open(mail.link)
    signed_up.submit()
    assert verified(make)


def test_something_that_is_no_code_costs_no_try(signed_up, make):
    for _ in range(6):
        signed_up.submit(code="12\x00")
    signed_up.submit(code=make.records.mail_to(ADA).code)
    assert verified(make)


def test_an_expired_link_and_code_are_over(signed_up, make, clock):
    mail = make.records.mail_to(ADA)
    clock.tick(hours=24, seconds=1)
    signed_up.http.delete_cookie("__Host-idp", domain="idp.example")
    assert signed_up.open(mail.link).status_code == 400
    signed_up.sign_in(ADA, PASSWORD)
    signed_up.submit("/email-verification", code=mail.code)
    assert not verified(make)


def test_a_new_message_voids_the_one_before(signed_up, make):
    first = make.records.mail_to(ADA)
    signed_up.submit("/email-verification/resend")
    assert "Sent again. Only the newest message works." in signed_up.text
    assert signed_up.open(first.link).status_code == 400
    signed_up.open(make.records.mail_to(ADA).link)
    signed_up.submit()
    assert verified(make)


def test_a_new_link_is_offered_to_known_and_unknown_addresses_alike(
    another_browser, make
):
    make.users.account("waiting@example.com", email_verified=False)
    make.users.account("verified@example.com")
    answers = set()
    for who in ("waiting", "verified", "nobody"):
        browser, address = another_browser(), f"{who}@example.com"
        browser.open("/email-verification?token=used")
        token = dict(browser.page.forms[0].fields)["csrf_token"]
        answer = browser.send(email=address)
        body = answer.text.replace(address, "ADDRESS").replace(token, "TOKEN")
        answers.add((answer.status_code, body, browser.cookie()))
    assert len(answers) == 1
    assert len(make.records.mails_to("waiting@example.com")) == 1
    assert make.records.mails_to("verified@example.com") == []
    assert make.records.mails_to("nobody@example.com") == []


def test_a_code_of_an_unknown_address_is_just_not_right(browser, make):
    browser.open("/email-verification?token=used")
    browser.submit(email="nobody@example.com")
    browser.submit("/email-verification", code="123456")
    assert "That code isn’t right" in browser.text


def test_a_wrong_address_is_replaced_once_the_new_one_is_confirmed(signed_up, make):
    wrong = make.records.mail_to(ADA)
    signed_up.submit("/email-verification/change", email="Right@example.com")
    assert "a code to Right@example.com" in signed_up.text
    user_id = make.records.user_id_of(ADA)
    signed_up.submit("/email-verification/resend")
    signed_up.submit(code=make.records.mail_to("Right@example.com").code)
    row = make.records.user_row(user_id)
    assert row["email"] == "Right@example.com"
    assert row["email_key"] == "right@example.com"
    assert row["email_verified_at"] is not None
    assert signed_up.open(wrong.link).status_code == 400


def test_a_taken_address_cannot_be_changed_to(signed_up, make):
    make.users.account("taken@example.com")
    signed_up.submit("/email-verification/change", email="taken@example.com")
    assert "There’s already an account with this email." in signed_up.text
    signed_up.submit("/email-verification/change", email="nonsense")
    assert "like name@example.com" in signed_up.text
    assert make.records.mails_to("taken@example.com") == []


def test_a_taken_address_is_refused_in_the_language_of_the_page(signed_up, make):
    make.users.account("taken@example.com")
    signed_up.http.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    signed_up.submit("/email-verification/change", email="taken@example.com")
    assert "There’s already" not in signed_up.text
    assert "Es gibt bereits" in signed_up.text


@pytest.mark.parametrize("environ", PRIVATE)
def test_on_a_private_server_the_change_tells_the_owner_alone(
    another_browser, make, environ
):
    make.users.account("taken@example.com")
    pages = []
    for number, address in enumerate(("taken@example.com", "free@example.com")):
        account = make.users.account(f"new{number}@example.com", email_verified=False)
        browser = another_browser()
        browser.sign_in(account.email, PASSWORD)
        browser.submit("/email-verification/change", email=address)
        token = dict(browser.page.forms[0].fields)["csrf_token"]
        body = browser.response.text.replace(address, "ADDRESS")
        pages.append(body.replace(token, "TOKEN"))
    assert pages[0] == pages[1]
    assert make.records.mail_to("taken@example.com").kind == "account_exists"
    assert make.records.mail_to("free@example.com").kind == "verify_email"


def test_an_address_that_was_taken_meanwhile_is_not_confirmed(signed_up, make):
    signed_up.submit("/email-verification/change", email="wanted@example.com")
    make.users.account("wanted@example.com")
    signed_up.submit(code=make.records.mail_to("wanted@example.com").code)
    assert signed_up.response.status_code == 200
    assert "That code isn’t right" in signed_up.text
    assert make.records.user_id_of(ADA)


def test_who_is_confirmed_already_is_led_on(browser, make):
    account = make.users.account()
    browser.sign_in(account.email, PASSWORD)
    browser.open("/email-verification")
    assert browser.response.request.path == "/account"


def test_who_is_not_signed_in_signs_in_first(browser):
    browser.open("/email-verification")
    assert browser.response.request.path == "/login"


def test_of_many_presses_at_once_one_confirms(signed_up, another_browser, make):
    link = make.records.mail_to(ADA).link
    browsers = [another_browser() for _ in range(8)]
    for browser in browsers:
        browser.open(link)
    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = list(pool.map(lambda b: b.send().status_code, browsers))
    assert answers == [303] * 8
    assert len(make.records.audited("email.verified")) == 1


def test_of_many_wrong_codes_at_once_five_are_looked_at(signed_up, make):
    mail = make.records.mail_to(ADA)
    wrong = f"{(int(mail.code) + 1) % 10**6:06d}"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: signed_up.send(code=wrong), range(12)))
    signed_up.submit(code=mail.code)
    assert not verified(make)
