"""Under account privacy ``private`` a sign-up waits for the proof of its address."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from idp.accounts import jobs
from idp.accounts.models import PendingRegistration
from idp.core.clock import utcnow
from idp.core.db import db
from tests.api.callers import Program, bearer, declined, fields, problem
from tests.issuer import IssuerClient
from tests.make_users import PASSWORD

FREE, TAKEN = "free@example.com", "taken@example.com"
OTHER = "seven loud geese in the rain"
CONFIRM, SUBMIT = "/auth/email-verification", "/api/auth/verify/submit"


@pytest.fixture
def environ():
    return {"IDP_ACCOUNT_PRIVACY": "private"}


@pytest.fixture
def program(app, http, make):
    """A program that keeps no cookies."""
    app.test_client_class = IssuerClient
    make.clients.spa()
    make.users.account(TAKEN, password=OTHER)
    return Program(app.test_client(use_cookies=False))


def sign_up(program, address, **more):
    return program.post(
        "/auth/register", {"email": address, "password": PASSWORD} | more
    )


def log_in(program, address):
    return program.post("/auth/login", {"login": address, "password": PASSWORD})


def held(app):
    with app.app_context():
        count = select(func.count()).select_from(PendingRegistration)
        return db.session.execute(count).scalar_one()


def test_three_requests_of_a_program_do_not_tell(program, make):
    for address in (TAKEN, FREE):
        answer = sign_up(program, address)
        assert answer.status_code == 202
        assert set(answer.json) == {"status", "registration"}
        assert "Set-Cookie" not in answer.headers
        assert declined(log_in(program, address)) == "invalid_credentials"
    assert make.records.user_id_of(FREE) is None
    assert make.records.mail_to(TAKEN).kind == "account_exists"
    assert make.records.mail_to(FREE).kind == "verify_email"


def test_three_requests_of_a_page_do_not_tell(program, another_browser):
    pages = set()
    for address in (TAKEN, FREE):
        browser = another_browser()
        browser.open("/register")
        browser.submit(email=address, password=PASSWORD)
        text = browser.text.replace(address, "ADDRESS")
        pages.add((browser.response.status_code, text))
        browser.sign_in(address, PASSWORD)
        pages.add((browser.response.status_code, browser.response.request.path))
    assert len(pages) == 2


def test_a_sign_up_costs_the_same_statements_for_both(program, statements):
    seen = []
    for address in ("warm@example.com", TAKEN, FREE):
        with statements() as asked:
            sign_up(program, address)
        seen.append(list(asked))
    assert seen[1] == seen[2]


def test_who_signed_up_confirms_and_has_the_account(program, make):
    answer = sign_up(program, FREE, username="free", name="Free")
    body = {
        "token": make.records.mail_to(FREE).token,
        "registration": answer.json["registration"],
    }
    assert program.post(CONFIRM, body).status_code == 204
    tokens = log_in(program, FREE).json
    me = program.get("/auth/me", headers=bearer(tokens)).json
    assert (me["user"]["username"], me["user"]["email_verified"]) == ("free", True)
    assert [m["role"] for m in me["memberships"]] == ["owner"]
    assert program.post(CONFIRM, body).status_code == 204


@pytest.mark.parametrize("path", [CONFIRM, SUBMIT])
def test_confirmed_by_another_program_the_account_has_no_password(program, make, path):
    sign_up(program, FREE)
    answer = program.post(path, {"token": make.records.mail_to(FREE).token})
    assert answer.json in (None, {"status": "logout"})
    assert make.records.user_row(make.records.user_id_of(FREE))["password_hash"] is None
    assert make.records.mail_to(FREE).kind == "password_set"


def test_the_code_counts_in_the_browser_that_signed_up_alone(browser, program, make):
    browser.open("/register")
    browser.submit(email=FREE, password=PASSWORD)
    code = make.records.mail_to(FREE).code
    for shown in ({}, {"registration": "x" * 43}):
        body = {"email": FREE, "code": code, **shown}
        assert declined(program.post(CONFIRM, body)) == "token_invalid"
    browser.submit(code=code)
    assert "Email confirmed" in browser.text
    assert "Sign in" in browser.text, "nobody is signed in by it"
    browser.sign_in(FREE, PASSWORD)
    assert browser.open("/account").status_code == 200


def test_after_five_wrong_codes_the_link_alone_is_left(program, make):
    held = sign_up(program, FREE).json["registration"]
    mail = make.records.mail_to(FREE)
    wrong = "000000" if mail.code != "000000" else "111111"
    for code in (*[wrong] * 5, mail.code):
        body = {"email": FREE, "code": code, "registration": held}
        assert declined(program.post(CONFIRM, body)) == "token_invalid"
    body = {"token": mail.token, "registration": held}
    assert program.post(CONFIRM, body).status_code == 204


def test_a_link_in_another_browser_leads_to_a_new_password(
    browser, another_browser, program, make
):
    browser.open("/register")
    browser.submit(email=FREE, password=PASSWORD)
    owner = another_browser()
    owner.open(make.records.mail_to(FREE).link)
    assert "f***@example.com" in owner.text
    assert make.records.user_id_of(FREE) is None
    owner.submit()
    assert owner.response.request.path == "/password-reset"
    owner.submit(password=OTHER)
    owner.sign_in(FREE, OTHER)
    assert owner.open("/account").status_code == 200


def test_the_first_proof_wins_and_the_others_end(app, program, make):
    first = sign_up(program, FREE).json["registration"]
    token = make.records.mail_to(FREE).token
    sign_up(program, FREE)
    later = make.records.mail_to(FREE).token
    assert later != token
    body = {"token": token, "registration": first}
    assert program.post(CONFIRM, body).status_code == 204
    assert declined(program.post(CONFIRM, {"token": later})) == "token_invalid"
    assert held(app) == 0


def test_of_two_proofs_side_by_side_one_makes_the_account(program, make):
    for number in range(4):
        address = f"race{number}@example.com"
        tokens = []
        for _ in range(2):
            sign_up(program, address)
            tokens.append(make.records.mail_to(address).token)
        with ThreadPoolExecutor(2) as pool:
            bodies = [{"token": token} for token in tokens]
            answers = list(pool.map(lambda b: program.post(CONFIRM, b), bodies))
        assert sorted(a.status_code for a in answers) == [200, 204]


@pytest.mark.parametrize("address", [FREE, TAKEN])
def test_a_username_is_reserved_whether_or_not_the_address_is_taken(program, address):
    sign_up(program, address, username="wanted")
    answer = sign_up(program, "third@example.com", username="Wanted")
    assert fields(answer) == {"username": "username_taken"}


def test_a_reserved_username_is_no_users_and_no_admins_to_take(program, make):
    sign_up(program, FREE, username="wanted")
    ada = make.users.account()
    headers = bearer(program.sign_in(ada))
    body = {"name": "Ada", "username": "Wanted"}
    answer = program.put("/account/profile", body, headers=headers)
    assert problem(answer) == (409, "username_taken")
    headers = bearer(program.sign_in(make.users.account(roles=["admin"])))
    body = {"email": "third@example.com", "username": "wanted"}
    answer = program.post("/api/users", body, headers=headers)
    assert problem(answer) == (409, "username_taken")


def test_a_network_reserves_three_usernames_an_hour(program, clock):
    for number in range(3):
        answer = sign_up(program, f"a{number}@example.com", username=f"name-{number}")
        assert answer.status_code == 202
    answer = sign_up(program, "b@example.com", username="name-4")
    assert problem(answer) == (429, "too_many_requests")
    clock.tick(hours=1, seconds=1)
    answer = sign_up(program, "b@example.com", username="name-4")
    assert answer.status_code == 202


def test_five_sign_ups_wait_for_one_address(app, program):
    for _ in range(7):
        assert sign_up(program, FREE).status_code == 202
    assert held(app) == 5


def test_a_new_mail_voids_the_one_before(program, make):
    sign_up(program, FREE)
    first = make.records.mail_to(FREE).token
    assert program.post(f"{CONFIRM}/email", {"email": FREE}).status_code == 202
    newest = make.records.mail_to(FREE).token
    assert newest != first
    assert declined(program.post(CONFIRM, {"token": first})) == "token_invalid"
    assert program.post(CONFIRM, {"token": newest}).status_code == 204


def test_after_a_day_it_is_over_and_goes(app, program, make, clock):
    sign_up(program, FREE)
    clock.tick(hours=24, seconds=1)
    body = {"token": make.records.mail_to(FREE).token}
    assert declined(program.post(CONFIRM, body)) == "token_invalid"
    with app.app_context():
        jobs.purge(utcnow())
        db.session.commit()
    assert held(app) == 0
