"""Browsers in which a user is not asked for the second factor again."""

import pytest
from sqlalchemy import select

from idp.accounts import jobs
from idp.accounts.models import TrustedBrowser
from idp.core.clock import utcnow
from idp.core.db import db
from tests.api.callers import Program, Spa, cookies_set, problem
from tests.authenticator_app import set_up_app
from tests.make_users import PASSWORD

COOKIE = "__Host-idp-trust"
PATH = "/account/trusted-browsers"
NEW = "seven loud geese in the rain"
pytestmark = pytest.mark.usefixtures("clock", "http")


@pytest.fixture
def ada(make):
    make.clients.spa()
    return make.users.account("ada@example.com")


@pytest.fixture
def owner(app, ada):
    """A program that ada is signed in with."""
    program = Program(app.test_client(use_cookies=False))
    program.sign_in(ada)
    return program


@pytest.fixture
def phone(owner):
    """The authenticator app of ada."""
    return set_up_app(owner)


@pytest.fixture
def spa(app):
    """A browser with a script of our own page."""
    return Spa(app.test_client())


def begin(caller, account=None, **more):
    """Give the password; return the answer."""
    login = account.email if account else "ada@example.com"
    body = {"login": login, "password": PASSWORD, "cookies": True, **more}
    return caller.post("/auth/login", body)


def show(caller, answer, code, **more):
    body = {"ticket": answer.json["ticket"], "method": "totp", "code": code, **more}
    return caller.post("/auth/login/2fa", body)


def trust(caller, phone, clock, account=None):
    """Sign in with both factors, and trust the browser; return the answer."""
    clock.tick(seconds=30)
    answer = show(caller, begin(caller, account), phone.code(), trust=True)
    assert "access_token" in answer.json, answer.text
    return answer


def is_asked(caller, account=None):
    """Sign out and in again; tell whether the second factor is due."""
    caller.post("/auth/logout")
    answer = begin(caller, account)
    return answer.json.get("status") == "2fa_required"


def test_a_trusted_browser_is_not_asked_again(spa, phone, clock):
    kept = cookies_set(trust(spa, phone, clock))[COOKIE]
    assert f"Max-Age={30 * 86400}" in kept
    assert all(part in kept for part in ("HttpOnly", "Secure", "SameSite=Lax"))
    assert not is_asked(spa)


def test_one_that_is_not_trusted_is_asked(spa, phone, clock):
    clock.tick(seconds=30)
    answer = show(spa, begin(spa), phone.code())
    assert COOKIE not in cookies_set(answer)
    assert is_asked(spa)


def test_another_browser_is_asked_and_so_is_a_program(app, spa, phone, clock):
    trust(spa, phone, clock)
    assert begin(Spa(app.test_client())).json["status"] == "2fa_required"
    body = {"login": "ada@example.com", "password": PASSWORD}
    assert spa.post("/auth/login", body).json["status"] == "2fa_required"


def test_a_program_without_cookies_is_not_trusted(owner, phone, clock):
    clock.tick(seconds=30)
    answer = show(owner, begin(owner, cookies=False), phone.code(), trust=True)
    assert "Set-Cookie" not in answer.headers
    assert owner.get(PATH).json == []


def test_it_is_no_proof_and_raises_no_level(spa, phone, clock, make):
    trust(spa, phone, clock)
    assert not is_asked(spa)
    auth = spa.get("/api/auth").json["auth"]
    assert auth["amr"] == ["pwd"]
    make.policies.decide(acr="aal2")
    assert is_asked(spa)


def test_it_ends_after_thirty_days(spa, phone, clock):
    trust(spa, phone, clock)
    clock.tick(days=29, hours=23)
    assert not is_asked(spa)
    clock.tick(hours=2)
    assert is_asked(spa)


def test_policies_shorten_it_and_forbid_it(spa, phone, clock, make):
    trust(spa, phone, clock)
    clock.tick(days=3)
    make.policies.decide(trusted_browser_days=4)
    assert not is_asked(spa)
    make.policies.decide(trusted_browser_days=2)
    assert is_asked(spa)
    make.policies.decide(trusted_browser_days=0)
    assert COOKIE not in cookies_set(trust(spa, phone, clock))


def test_it_ends_with_another_password(spa, owner, phone, clock):
    trust(spa, phone, clock)
    body = {"current_password": PASSWORD, "new_password": NEW}
    assert owner.put("/auth/change-password", body).status_code == 204
    assert begin(spa, password=NEW).json["status"] == "2fa_required"


def test_it_ends_with_a_reset_and_spares_nothing_there(spa, phone, clock, make):
    trust(spa, phone, clock)
    spa.post("/auth/password-reset/email", {"email": "ada@example.com"})
    link = make.records.mail_to("ada@example.com").token
    spa.post("/auth/password-reset", {"token": link, "password": NEW})
    assert begin(spa, password=NEW).json["status"] == "2fa_required"


def test_it_ends_with_a_change_of_factors(spa, owner, phone, clock):
    trust(spa, phone, clock)
    set_up_app(owner)
    assert owner.get(PATH).json == []
    assert is_asked(spa)


def test_it_ends_with_signing_out_everywhere(spa, owner, phone, clock):
    trust(spa, phone, clock)
    assert owner.send("DELETE", "/account/sessions").status_code == 204
    assert is_asked(spa)


def test_its_owner_sees_it_and_ends_it(spa, owner, phone, clock, make):
    trust(spa, phone, clock)
    [seen] = owner.get(PATH).json
    assert set(seen) == {
        "id", "device", "place", "created_at", "last_used_at", "expires_at"
    }  # fmt: skip
    assert owner.send("DELETE", f"{PATH}/{seen['id']}").status_code == 204
    assert owner.get(PATH).json == []
    assert is_asked(spa)
    again = owner.send("DELETE", f"{PATH}/{seen['id']}")
    assert problem(again) == (404, "no_such_trusted_browser")
    for event in ("browser.trusted", "browser.untrusted"):
        assert make.records.audited_details(event) == [{"browser_id": seen["id"]}]


def test_nobody_ends_that_of_another(app, spa, phone, clock, make):
    trust(spa, phone, clock)
    [seen] = spa.get(PATH).json
    eve = Program(app.test_client(use_cookies=False))
    eve.sign_in(make.users.account())
    assert eve.get(PATH).json == []
    answer = eve.send("DELETE", f"{PATH}/{seen['id']}")
    assert problem(answer) == (404, "no_such_trusted_browser")
    assert not is_asked(spa)


def test_two_accounts_of_one_browser_are_both_trusted(app, spa, phone, clock, make):
    bob = make.users.account()
    program = Program(app.test_client(use_cookies=False))
    program.sign_in(bob)
    app_of_bob = set_up_app(program)
    trust(spa, phone, clock)
    spa.post("/auth/logout")
    trust(spa, app_of_bob, clock, bob)
    assert not is_asked(spa)
    assert not is_asked(spa, bob)


def test_a_copy_of_the_cookie_is_void_once_the_browser_is_trusted_anew(
    app, spa, owner, phone, clock
):
    trust(spa, phone, clock)
    thief = Spa(app.test_client())
    copied = spa.client.get_cookie(COOKIE, domain="idp.example").value
    thief.client.set_cookie(COOKIE, copied, domain="idp.example", secure=True)
    [seen] = owner.get(PATH).json
    owner.send("DELETE", f"{PATH}/{seen['id']}")
    spa.post("/auth/logout")
    trust(spa, phone, clock)
    assert begin(thief).json["status"] == "2fa_required"


def test_its_use_is_noted_once_a_day(spa, phone, clock):
    trust(spa, phone, clock)
    [first] = spa.get(PATH).json
    clock.tick(hours=2)
    assert not is_asked(spa)
    assert spa.get(PATH).json == [first]
    clock.tick(days=1)
    assert not is_asked(spa)
    [later] = spa.get(PATH).json
    assert later["last_used_at"] > first["last_used_at"]


def test_a_sign_in_of_one_factor_costs_what_it_did(spa, statements, make, phone, clock):
    """Also with the cookie of a browser that somebody else trusts."""
    trust(spa, phone, clock)
    bob, eve = make.users.account(), make.users.account()
    seen = []
    for account in (bob, bob, eve):
        spa.post("/auth/logout")
        with statements() as each:
            assert "access_token" in begin(spa, account).json
        seen.append(each)
    spa.client.delete_cookie(COOKIE, domain="idp.example")
    spa.post("/auth/logout")
    with statements() as without:
        begin(spa, bob)
    assert seen[1] == without


def test_it_is_exported_and_forgotten_once_it_has_ended(app, spa, owner, phone, clock):
    trust(spa, phone, clock)
    exported = owner.post("/account/export", {}).json["trusted_browsers"]
    assert len(exported) == 1
    assert "token_digest" not in exported[0]
    clock.tick(days=31)
    with app.app_context():
        jobs.purge(utcnow())
        db.session.commit()
        assert db.session.scalars(select(TrustedBrowser)).all() == []
