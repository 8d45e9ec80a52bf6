from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.make_users import PASSWORD


def fill_in(browser, **typed):
    browser.open("/register")
    form = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD}
    return browser.submit(**(form | typed))


def test_a_sign_up_signs_in_and_asks_to_confirm_the_address(browser, make):
    fill_in(browser)
    assert browser.response.request.path == "/email-verification"
    assert "We’ve sent a link and a code to ada@example.com" in browser.text
    assert make.records.mail_to("ada@example.com").kind == "verify_email"
    row = make.records.user_row(make.records.user_id_of("ada@example.com"))
    assert row["name"] == "Ada"
    assert row["email_verified_at"] is None
    assert make.records.audited("register") == [("ok", row["id"])]
    assert "ada@example.com" in browser.open("/account").text


def test_mistakes_are_shown_all_at_once_and_typed_values_stay(browser):
    fill_in(browser, email="nobody", username="a b", password="short")
    assert browser.response.status_code == 200
    assert browser.title.startswith("Error: ")
    assert "like name@example.com" in browser.text
    assert "Use letters, digits" in browser.text
    assert "Use at least 12 characters." in browser.text
    fields = dict(browser.page.forms[0].fields)
    assert (fields["name"], fields["email"]) == ("Ada", "nobody")
    assert fields["password"] == ""
    assert browser.response.text.count('aria-invalid="true"') == 3


def test_missing_fields_are_named(browser):
    fill_in(browser, email="", password="")
    assert "Enter your email address." in browser.text
    assert "Choose a password." in browser.text


def test_a_taken_address_is_told_with_the_way_to_sign_in(browser, make):
    make.users.account("ada@example.com")
    fill_in(browser, email="ADA@example.com")
    assert "There’s already an account with this email." in browser.text
    assert "/login" in browser.page.links
    assert make.records.mails_to("ada@example.com") == []


def test_a_taken_username_is_told(browser, make):
    make.users.account(username="Ada")
    fill_in(browser, username="ADA")
    assert "This username is taken." in browser.text
    assert make.records.user_id_of("ada@example.com") is None


def test_nobody_makes_themselves_an_admin_or_confirmed(browser, make):
    extra = {"roles": "admin", "email_verified": "1", "email_verified_at": "2020-01-01"}
    fill_in(browser, **extra, id="f" * 32, status="active", must_change_password="0")
    row = make.records.user_row(make.records.user_id_of("ada@example.com"))
    assert row["roles"] == []
    assert row["email_verified_at"] is None
    assert row["id"] != "f" * 32


def test_a_weak_password_is_refused_with_the_reason(browser, make):
    fill_in(browser, password="Password123456")
    assert "easy to guess" in browser.text
    fill_in(browser, email="ada.lovelace@example.com", password="Ada.Lovelace1")
    assert "built from your email" in browser.text


def test_of_sign_ups_with_one_address_at_once_one_wins(another_browser, make):
    browsers = [another_browser() for _ in range(6)]
    for browser in browsers:
        browser.open("/register")

    def sign_up(browser):
        return browser.send(
            email="ada@example.com", username="ada", password=PASSWORD
        ).status_code

    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = list(pool.map(sign_up, browsers))
    assert sorted(answers) == [200] * 5 + [303]
    assert len(make.records.mails_to("ada@example.com")) == 1


@pytest.mark.parametrize("environ", [{"IDP_REGISTRATION": "closed"}])
def test_a_closed_server_says_so_and_does_not_offer_it(browser, make, environ):
    assert browser.open("/register").status_code == 403
    assert "New accounts can’t be created here." in browser.text
    browser.open("/login")
    assert "/register" not in browser.page.links
    assert fill_in_anyway(browser).status_code == 403
    assert make.records.user_id_of("ada@example.com") is None


def fill_in_anyway(browser):
    form = browser.page.forms[0]
    data = dict(form.fields) | {"email": "ada@example.com", "password": PASSWORD}
    return browser.http.post(
        "/register", data=data, headers={"Origin": "https://idp.example"}
    )


@pytest.mark.parametrize("environ", [{"IDP_ACCOUNT_PRIVACY": "private"}])
def test_a_private_server_answers_the_same_for_a_taken_address(
    another_browser, make, environ
):
    make.users.account("known@example.com")
    answers = []
    for address in ("known@example.com", "fresh@example.com"):
        browser = another_browser()
        browser.open("/register")
        token = dict(browser.page.forms[0].fields)["csrf_token"]
        answer = browser.send(email=address, password=PASSWORD, name="Ada")
        body = answer.text.replace(address, "ADDRESS").replace(token, "TOKEN")
        random = ("Content-Length", "X-Request-Id")
        headers = [(k, v) for k, v in answer.headers if k not in random]
        answers.append((answer.status_code, headers, body))
        assert browser.cookie() is None
    assert answers[0] == answers[1]
    assert answers[0][0] == 200
    assert [m.kind for m in make.records.mails_to("known@example.com")] == [
        "account_exists"
    ]
    assert [m.kind for m in make.records.mails_to("fresh@example.com")] == [
        "verify_email"
    ]


@pytest.mark.parametrize("environ", [{"IDP_ACCOUNT_PRIVACY": "private"}])
def test_on_a_private_server_the_code_confirms_without_a_session(
    browser, make, environ
):
    fill_in(browser)
    browser.submit(
        "/email-verification", code=make.records.mail_to("ada@example.com").code
    )
    assert "Email confirmed" in browser.text
    assert make.records.user_row(make.records.user_id_of("ada@example.com"))[
        "email_verified_at"
    ]
    browser.sign_in("ada@example.com", PASSWORD)
    assert browser.response.request.path == "/account"


HOSTILE = [
    b"ada\x00@example.com",
    b"\xff\xfe@example.com",
    b"\xed\xa0\x80@example.com",
    b"%00%ff",
    b"a" * 5000 + b"@example.com",
    "\u202e\ufdfa\u200d".encode(),
    b"' OR 1=1 --",
    b"{{7*7}}",
]


@pytest.mark.parametrize("field", ["email", "username", "name", "password"])
def test_no_input_makes_the_server_stumble(browser, field):
    for value in HOSTILE:
        browser.open("/register")
        form = dict(browser.page.forms[0].fields)
        form |= {"email": "ada@example.com", "password": PASSWORD[:-1]}
        answer = browser.http.post(
            "/register",
            data=form | {field: value},
            headers={"Origin": "https://idp.example"},
        )
        assert answer.status_code in (200, 303)
        browser.http.delete_cookie("__Host-idp", domain="idp.example")
