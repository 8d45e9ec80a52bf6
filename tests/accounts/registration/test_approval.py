"""Where an operator approves each account: what waits, what opens it, who is told."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from idp.accounts import mail_answers
from idp.accounts.lifecycle import approvals
from idp.accounts.lifecycle.approval_notices import tell_operators
from idp.accounts.lifecycle.approvals import NotPending
from idp.core.db import db
from tests.api.callers import Program, declined, problem
from tests.issuer import IssuerClient
from tests.make_users import PASSWORD

ADDRESS = "ada@example.com"
ADA = {"email": ADDRESS, "password": PASSWORD}
CONFIRM = "/auth/email-verification"
PENDING = "/register/pending"


@pytest.fixture(params=["open", "private"])
def environ(request):
    return {"IDP_REGISTRATION": "approval", "IDP_ACCOUNT_PRIVACY": request.param}


@pytest.fixture
def program(app, http):
    app.test_client_class = IssuerClient
    return Program(app.test_client(use_cookies=False))


@pytest.fixture
def waiting(browser, make):
    """Somebody who has signed up and proven the address, in this browser."""
    browser.open("/register")
    browser.submit(email=ADDRESS, password=PASSWORD)
    assert make.records.user_id_of(ADDRESS) is None
    browser.open(make.records.mail_to(ADDRESS).link)
    browser.submit()
    return make.records.user_id_of(ADDRESS)


def decide(app, act, *user_ids):
    """Approve or decline as the operator of the machine; return who waited."""
    with app.app_context():
        done = act(user_ids, by="operator")
        db.session.commit()
        return done


def sign_in(program):
    return program.post("/auth/login", {"login": ADDRESS, "password": PASSWORD})


def kinds(make):
    return [mail.kind for mail in make.records.mails_to(ADDRESS)]


def test_an_account_waits_once_its_address_is_proven(browser, make, waiting, program):
    assert browser.response.request.path == PENDING
    assert "Your account waits for approval" in browser.text
    assert browser.cookie() is None
    assert make.records.user_row(waiting)["status"] == "pending"
    assert declined(sign_in(program)) == "account_pending"
    wrong = program.post("/auth/login", {"login": ADDRESS, "password": "x" * 20})
    assert declined(wrong) == "invalid_credentials"


def test_the_sign_in_page_says_so_to_who_knows_the_password(browser, waiting):
    browser.sign_in(ADDRESS, PASSWORD)
    assert browser.response.request.path == PENDING
    assert browser.cookie() is None
    browser.sign_in(ADDRESS, "seven loud geese in the rain")
    assert "The email or password isn’t right." in browser.text


def test_nothing_is_mailed_that_would_open_it(app, program, make, waiting):
    before = len(kinds(make))
    program.post("/auth/magic-link", {"email": ADDRESS})
    program.post("/auth/password-reset/email", {"email": ADDRESS})
    with app.app_context():
        mail_answers.answer_due()
    assert kinds(make)[before:] == ["account_pending"] * 2


def test_approved_it_signs_in(app, browser, make, waiting):
    assert decide(app, approvals.approve, waiting) == [waiting]
    assert kinds(make)[-1] == "registration_approved"
    assert make.records.audited("registration.approved") == [("ok", waiting)]
    browser.open(make.records.mail_to(ADDRESS).link)
    browser.sign_in(ADDRESS, PASSWORD)
    assert browser.response.request.path == "/account"


def test_declined_it_is_gone_and_the_address_free(app, program, make, waiting):
    assert decide(app, approvals.decline, waiting) == [waiting]
    assert kinds(make)[-1] == "registration_declined"
    assert make.records.user_id_of(ADDRESS) is None
    assert declined(sign_in(program)) == "invalid_credentials"
    assert program.post("/auth/register", ADA).status_code == 202


def test_thirty_days_later_it_is_gone(app, clock, make, waiting):
    clock.tick(days=29)
    with app.app_context():
        assert approvals.expire_due() == 0
    clock.tick(days=1)
    with app.app_context():
        assert approvals.expire_due() == 1
    assert make.records.user_id_of(ADDRESS) is None
    assert "registration_declined" not in kinds(make)


def test_operators_who_may_decide_are_told_once(app, make, waiting):
    operators = [make.users.account(roles=[role]) for role in ("owner", "support")]
    auditor = make.users.account(roles=["auditor"])
    for told in (1, 0):
        with app.app_context():
            assert tell_operators() == told
            db.session.commit()
    for operator in operators:
        mail = make.records.mail_to(operator.email)
        assert mail.kind == "approvals_waiting"
        assert mail.link.endswith("/admin/approvals")
    assert make.records.mails_to(auditor.email) == []


def test_who_is_let_in_before_waits_for_nobody(program, make):
    make.policies.decide()
    spa = make.clients.spa()
    make.policies.decide("client", spa.client_id, registration="open")
    assert program.post("/auth/register", ADA).status_code == 202


@pytest.mark.parametrize("_time", range(3))
def test_of_two_decisions_at_once_one_counts(app, make, waiting, _time):
    acts = [approvals.approve, approvals.decline] * 2

    def run(act):
        with suppress(NotPending):
            return bool(decide(app, act, waiting))
        return False

    with ThreadPoolExecutor(len(acts)) as pool:
        done = list(pool.map(run, acts))
    assert done.count(True) == 1
    approved = acts[done.index(True)] is approvals.approve
    assert bool(make.records.user_id_of(ADDRESS)) is approved
    last = {"registration_approved", "registration_declined"} & set(kinds(make))
    assert last == {"registration_approved" if approved else "registration_declined"}


class TestUnderOpenPrivacy:
    @pytest.fixture
    def environ(self):
        return {"IDP_REGISTRATION": "approval"}

    def test_a_taken_address_is_told(self, program, make):
        make.users.account(ADDRESS)
        answer = program.post("/auth/register", ADA)
        assert problem(answer) == (409, "email_taken")
        assert make.records.mails_to(ADDRESS) == []
