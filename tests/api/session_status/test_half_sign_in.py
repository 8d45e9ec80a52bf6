"""A password of which a second factor is due: half a sign-in is no session."""

import pytest

from idp.accounts.models import User
from idp.core.db import db

STEP = "__Host-idp-step"


@pytest.fixture
def ada(app, make):
    """Somebody who signs in with two factors."""
    account = make.users.account()
    with app.app_context():
        db.session.get_one(User, account.id).factors = ["totp"]
        db.session.commit()
    return account


def sign_in(http, account):
    login = {"email": account.email, "password": account.password}
    return http.post("/api/auth/login", json=login)


def test_the_front_end_is_told_that_a_second_factor_is_due(http, ada):
    answer = sign_in(http, ada)
    assert answer.json == {"status": "2fa_required"}
    names = [c.partition("=")[0] for c in answer.headers.getlist("Set-Cookie")]
    assert names == [STEP]
    assert http.get("/api/auth").json == {"status": "2fa_required", "auth": None}


def test_half_a_sign_in_opens_nothing(http, ada):
    sign_in(http, ada)
    assert http.get("/auth/me").status_code == 401
    assert http.get("/account").headers["Location"].startswith("/login?")


def test_a_program_gets_a_ticket_and_no_tokens(http, ada):
    login = {"login": ada.email, "password": ada.password}
    answer = http.post("/auth/login", json=login)
    ticket = answer.json.pop("ticket")
    assert answer.json | {"ticket": ticket} == {
        "status": "2fa_required",
        "ticket": ticket,
        "methods": ["totp", "recovery_code"],
    }
    assert len(ticket) == 43
    assert "Set-Cookie" not in answer.headers


def test_half_a_sign_in_ends_after_ten_minutes(http, ada, clock):
    sign_in(http, ada)
    clock.tick(minutes=9, seconds=59)
    assert http.get("/api/auth").json["status"] == "2fa_required"
    clock.tick(seconds=2)
    assert http.get("/api/auth").json["status"] == "logout"


def test_half_a_sign_in_is_void_once_the_password_is_another(app, http, ada, make):
    sign_in(http, ada)
    with app.app_context():
        db.session.get_one(User, ada.id).security_version += 1
        db.session.commit()
    assert http.get("/api/auth").json["status"] == "logout"


def test_policies_may_ask_nobody_for_a_second_factor(http, ada, make):
    make.policies.decide(second_factor="off")
    assert sign_in(http, ada).json["status"] == "ok"


def test_who_must_have_a_second_factor_is_told_to_set_it_up(http, make):
    make.policies.decide(second_factor="required")
    bob = make.users.account()
    answer = sign_in(http, bob)
    assert answer.json["status"] == "2fa_setup"
    assert http.get("/api/auth").json["auth"]["sub"] == bob.id


def test_there_may_be_days_to_set_it_up(http, make, clock):
    make.policies.decide(second_factor="required", enrol_grace_days=2)
    bob, eve = make.users.account(), make.users.account()
    assert sign_in(http, bob).json["status"] == "ok"
    http.delete_cookie("__Host-idp", domain="idp.example")
    clock.tick(days=2, seconds=1)
    assert sign_in(http, eve).json["status"] == "2fa_setup"
