"""What an owner takes back is taken back: no way in survives it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

import pytest
from sqlalchemy import event

from idp.accounts.lifecycle import status
from idp.accounts.users import get_user
from idp.core.db import db
from idp.security.requester import Requester
from tests.api.callers import Program, bearer
from tests.make_users import PASSWORD

NEW = "seven loud geese in the rain"
THIEVES = 6
ROUNDS = 4


@pytest.fixture
def environ():
    return {"IDP_THREADS": str(THIEVES + 2)}


@pytest.fixture
def program(app, http, make):
    """Makes programs that keep no cookies."""
    make.clients.spa()
    return lambda: Program(app.test_client(use_cookies=False))


@pytest.fixture
def beside_the_session(app):
    """Run something once, in another request, before a sign-in writes anything."""
    first_writes = ("INSERT INTO known_devices", "INSERT INTO browser_sessions",
                    "UPDATE browser_sessions", "UPDATE known_devices")  # fmt: skip

    def arrange(act):
        waiting = [act]

        def before(_connection, _cursor, statement, *_rest):
            if statement.startswith(first_writes) and waiting:
                other = Thread(target=waiting.pop())
                other.start()
                other.join()

        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", before)

    return arrange


def change_password(program, tokens, account, new=NEW):
    body = {"current_password": account.password, "new_password": new}
    program.headers = bearer(tokens)
    return program.put("/auth/change-password", body)


def log_in(program, account):
    body = {"login": account.email, "password": account.password}
    return program.post("/auth/login", body)


def test_a_sign_in_that_a_new_password_overtakes_is_refused(
    program, make, beside_the_session
):
    ada, owner, thief = make.users.account(), program(), program()
    tokens = owner.sign_in(ada)
    beside_the_session(lambda: change_password(owner, tokens, ada))
    assert log_in(thief, ada).json["error"]["code"] == "invalid_credentials"


def test_a_sign_in_that_a_reset_overtakes_is_refused(program, make, beside_the_session):
    ada, owner, thief = make.users.account(), program(), program()
    owner.post("/auth/password-reset/email", {"email": ada.email})
    body = {"token": make.records.mail_to(ada.email).token, "password": NEW}
    beside_the_session(lambda: owner.post("/auth/password-reset", body))
    assert log_in(thief, ada).json["error"]["code"] == "invalid_credentials"


def test_a_sign_in_that_outlasts_a_time_without_use_of_the_account_is_refused(
    app, program, make, beside_the_session
):
    ada, thief = make.users.account(), program()

    def disable_and_enable():
        with app.app_context():
            status.disable(get_user(ada.id), by="admin", requester=Requester())
            status.enable(get_user(ada.id), by="admin")
            db.session.commit()

    beside_the_session(disable_and_enable)
    assert log_in(thief, ada).json["error"]["code"] == "invalid_credentials"


def test_a_proof_that_a_new_password_overtakes_renews_nothing(
    program, browser, make, beside_the_session
):
    ada, owner = make.users.account(), program()
    tokens = owner.sign_in(ada)
    browser.sign_in(ada.email, PASSWORD)
    browser.open("/account/confirm")
    beside_the_session(lambda: change_password(owner, tokens, ada))
    browser.submit(password=PASSWORD)
    browser.open("/account")
    assert browser.response.request.path == "/login"


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_of_many_sign_ins_with_the_old_password_none_survives_the_new_one(
    program, make, round_
):
    ada, owner = make.users.account(f"ada{round_}@example.com"), program()
    tokens, over, held = owner.sign_in(ada), Event(), []

    def loop(_number):
        thief = program()
        while not over.is_set():
            answer = log_in(thief, ada)
            if "access_token" in (answer.json or {}):
                held.append(answer.json)

    with ThreadPoolExecutor(THIEVES) as pool:
        looping = [pool.submit(loop, number) for number in range(THIEVES)]
        while len(held) < THIEVES:
            over.wait(0.01)
        changed = change_password(owner, tokens, ada)
        over.set()
        for each in looping:
            each.result()
    assert changed.status_code == 204
    alive = [
        pair
        for pair in held
        if program().get("/auth/me", headers=bearer(pair)).status_code == 200
        or program()
        .post("/auth/refresh", {"refresh_token": pair["refresh_token"]})
        .status_code
        == 200
    ]
    assert alive == []
