"""Ending an account: at once for others, for good after fourteen days."""

import pytest
from sqlalchemy import select

from idp.accounts.jobs import purge
from idp.accounts.lifecycle.deletion import erase_due
from idp.core.clock import utcnow
from idp.core.db import Model, db
from idp.organizations.models import Invite
from tests.make_users import PASSWORD
from tests.rp import RelyingParty

EMAIL = "ada@example.com"
FILLED = {
    "name": "Ada Lovelace",
    "username": "countess",
    "birthdate": "1815-12-10",
    "phone_number": "+44 20 7946 0000",
    "website": "https://ada.example/",
    "locality": "Marylebone",
}


@pytest.fixture
def ada(make):
    return make.users.account(EMAIL)


@pytest.fixture
def page(browser, ada):
    """A browser in which Ada has just signed in."""
    browser.http.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 Lovelace/1 Firefox/1"
    browser.http.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    browser.sign_in(ada.email, ada.password)
    return browser


def delete(browser, typed=EMAIL):
    """Ask for the end of the account on the page."""
    browser.open("/account/data")
    return browser.submit("/account/data/delete", confirm_email=typed)


def test_the_last_owner_is_told_why_it_cannot_be(browser, make):
    admin = make.users.account("root@example.com", roles=["owner"])
    browser.sign_in(admin.email, admin.password)
    answer = delete(browser, typed=admin.email)
    assert answer.status_code == 409
    assert "This is the last owner." in browser.text
    assert make.records.user_row(admin.id)["status"] == "active"


def erase(app):
    """Run the job."""
    with app.app_context():
        return erase_due()


def everything(app):
    """Return all values of all tables, as one text."""
    with app.app_context():
        tables = Model.metadata.sorted_tables
        return "\n".join(
            f"{table.name}: {list(row)!r}"
            for table in tables
            for row in db.session.execute(table.select())
        )


def test_the_address_has_to_be_typed(page, make, ada):
    delete(page, "somebody@example.com")
    assert "Type the address of this account." in page.text
    assert make.records.user_row(ada.id)["status"] == "active"


def test_it_needs_a_fresh_proof_and_keeps_what_was_typed(page, make, ada, clock):
    clock.tick(minutes=11)
    delete(page)
    assert page.title == "Confirm it’s you – idp"
    page.submit(password=ada.password)
    form = next(f for f in page.page.forms if f.action == "/account/data/delete")
    assert dict(form.fields)["confirm_email"] == EMAIL
    page.submit("/account/data/delete")
    assert make.records.user_row(ada.id)["status"] == "deleting"


def test_every_browser_is_signed_out_at_once(page, another_browser, ada):
    other = another_browser()
    other.sign_in(ada.email, ada.password)
    delete(page)
    assert page.title == "Your account will be deleted – idp"
    assert page.cookie() is None
    other.open("/account")
    assert other.title == "Sign in – idp"


def test_apps_lose_access_at_once(page, http, make):
    party = RelyingParty(
        page.http, make.clients.own_app(scope="openid"), scope="openid"
    )
    tokens = party.redeem(party.checked(party.reach())["code"]).json
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert http.get("/oauth2/userinfo", headers=bearer).status_code == 200
    delete(page)
    assert http.get("/oauth2/userinfo", headers=bearer).status_code == 401


def test_the_owner_is_told_with_the_way_back(page, make, ada):
    delete(page)
    mail = make.records.mail_to(EMAIL)
    assert mail.kind == "account_deletion_scheduled"
    assert "expires in 2 weeks" in mail.text
    page.open(mail.link)
    assert page.title == "Keep your account? – idp"
    page.submit()
    assert page.title == "Your account stays – idp"
    assert make.records.user_row(ada.id)["status"] == "active"
    page.sign_in(EMAIL, ada.password)
    assert EMAIL in page.text


def test_signing_in_offers_only_the_way_back(page, make, ada):
    delete(page)
    page.sign_in(EMAIL, ada.password)
    assert page.title == "Keep your account? – idp"
    assert page.cookie() is None
    page.submit()
    assert make.records.user_row(ada.id)["status"] == "active"


def test_signing_in_takes_nobody_the_mailed_way_back(page, make, ada):
    delete(page)
    link = make.records.mail_to(EMAIL).link
    page.sign_in(EMAIL, ada.password)
    page.open(link)
    page.submit()
    assert make.records.user_row(ada.id)["status"] == "active"


def test_a_wrong_password_says_nothing_of_the_deletion(page, another_browser):
    delete(page)
    stranger = another_browser()
    stranger.sign_in(EMAIL, "not the password")
    of_known = stranger.text
    stranger.sign_in("nobody@example.com", "not the password")
    assert stranger.text == of_known


def keep(browser, make):
    """Go the way back by the mailed link."""
    browser.open(make.records.mail_to(EMAIL).link)
    browser.submit()


def test_sessions_stay_ended_after_the_way_back(page, make, another_browser, ada):
    other = another_browser()
    other.sign_in(ada.email, ada.password)
    delete(page)
    keep(page, make)
    other.open("/account")
    assert other.title == "Sign in – idp"


def test_apps_stay_signed_out_after_the_way_back(page, make):
    scope = "openid offline_access"
    party = RelyingParty(page.http, make.clients.own_app(scope=scope), scope=scope)
    answer = party.reach(prompt="consent")
    if answer.status_code == 200:
        answer = party.allow(answer)
    tokens = party.redeem(party.checked(answer)["code"]).json
    delete(page)
    keep(page, make)
    refused = party.ask_for_tokens(
        grant_type="refresh_token", refresh_token=tokens["refresh_token"]
    )
    assert refused.json["error"] == "invalid_grant"


def test_looking_at_the_way_back_changes_nothing(page, make, ada):
    delete(page)
    page.http.get(make.records.mail_to(EMAIL).link)
    page.http.head(make.records.mail_to(EMAIL).link)
    assert make.records.user_row(ada.id)["status"] == "deleting"


def test_the_way_back_works_once(page, make):
    delete(page)
    link = make.records.mail_to(EMAIL).link
    page.open(link)
    page.submit()
    assert page.open(link).status_code == 400


def test_what_was_undone_is_not_erased(app, page, make, ada, clock):
    delete(page)
    page.open(make.records.mail_to(EMAIL).link)
    page.submit()
    clock.tick(days=15)
    assert erase(app) == 0
    assert make.records.user_id_of(EMAIL) == ada.id


def test_nothing_is_erased_within_fourteen_days(app, page, make, ada, clock):
    delete(page)
    clock.tick(days=13, hours=23)
    assert erase(app) == 0
    assert make.records.user_id_of(EMAIL) == ada.id


def test_after_fourteen_days_the_way_back_is_over(app, page, make, ada, clock):
    delete(page)
    link = make.records.mail_to(EMAIL).link
    clock.tick(days=14, seconds=1)
    assert erase(app) == 1
    assert erase(app) == 0
    assert page.open(link).status_code == 400
    page.sign_in(EMAIL, ada.password)
    assert page.title.startswith("Error: ")


def test_nothing_of_the_person_is_left_in_any_column(app, page, make, ada, clock):
    page.open("/account/profile")
    page.submit(**FILLED)
    page.open("/account/email")
    page.submit("/account/email", new_email="lovelace@elsewhere.example")
    make.users.further_email(ada, "Augusta@second.example")
    page.open("/account/emails")
    page.submit("/account/emails", email="byron@waiting.example")
    party = RelyingParty(
        page.http, make.clients.own_app(scope="openid"), scope="openid"
    )
    party.redeem(party.checked(party.reach(login_hint=EMAIL))["code"])
    before = everything(app).lower()
    traces = [
        *FILLED.values(), EMAIL, "lovelace", "elsewhere.example", "203.0.113.7",
        "second.example", "waiting.example",
    ]  # fmt: skip
    assert all(trace.lower() in before for trace in traces)

    delete(page)
    clock.tick(days=14, seconds=1)
    assert erase(app) == 1
    run_other_jobs(app)
    after = everything(app).lower()
    assert [trace for trace in traces if trace.lower() in after] == []
    left = {line.partition(":")[0] for line in after.splitlines() if ada.id in line}
    assert left == {"audit_events"}


def run_other_jobs(app):
    """Run what tidies up by itself: it has run many times within fourteen days."""
    from idp.oauth.jobs import purge_expired

    with app.app_context():
        purge_expired()
        purge(utcnow())
        db.session.commit()


def test_the_audit_log_keeps_what_happened_without_whom(app, page, make, ada, clock):
    delete(page)
    clock.tick(days=14, seconds=1)
    erase(app)
    outcomes = make.records.audited("user.deleted")
    assert outcomes == [("ok", ada.id)] * 2
    assert make.records.audited("login.ok") == [("ok", ada.id)]


def test_invites_to_ones_own_address_go_and_those_to_others_stay(
    app, page, make, clock
):
    page.open("/account/emails")
    page.submit("/account/emails", email="byron@waiting.example")
    for address in (EMAIL, "byron@waiting.example"):
        make.invites.invite(address, send=False)
    delete(page)
    clock.tick(days=14, seconds=1)
    erase(app)
    with app.app_context():
        assert db.session.scalars(select(Invite.email)).all() == [
            "byron@waiting.example"
        ]


def test_others_are_left_alone(app, page, make, clock):
    grace = make.users.account("grace@example.com", name="Grace Hopper")
    before = make.records.user_row(grace.id)
    delete(page)
    clock.tick(days=14, seconds=1)
    erase(app)
    assert make.records.user_row(grace.id) == before


def register(browser):
    """Try to register the address that was erased."""
    browser.open("/register")
    return browser.submit(email=EMAIL, password=PASSWORD)


def test_the_address_is_free_thirty_days_later(app, page, make, clock, another_browser):
    delete(page)
    clock.tick(days=14, seconds=1)
    erase(app)
    stranger = another_browser()
    register(stranger)
    assert "belonged to another account until lately" in stranger.text
    clock.tick(days=30)
    run_other_jobs(app)
    register(stranger)
    assert make.records.user_id_of(EMAIL) is not None


def test_a_further_address_stays_reserved_too(page, make, ada, clock, another_browser):
    make.users.further_email(ada, "second@example.com")
    page.open("/account/emails")
    page.submit("/account/emails", email="waiting@example.com")
    page.open("/account/data")
    delete(page)
    clock.tick(days=14, seconds=1)
    assert erase(make.records.app) == 1
    stranger = another_browser()
    for email, free in (("second@example.com", False), ("waiting@example.com", True)):
        stranger.open("/register")
        stranger.submit(email=email, password=PASSWORD)
        assert (make.records.user_id_of(email) is not None) == free


@pytest.mark.parametrize("environ", [{"IDP_ACCOUNT_PRIVACY": "private"}])
def test_a_private_server_tells_by_mail_alone_that_it_is_reserved(
    app, page, make, clock, another_browser
):
    delete(page)
    clock.tick(days=14, seconds=1)
    erase(app)
    stranger = another_browser()
    register(stranger)
    assert stranger.title == "Check your email – idp"
    assert make.records.user_id_of(EMAIL) is None
    assert make.records.mail_to(EMAIL).kind == "address_reserved"


@pytest.mark.parametrize("token", ["", "x", "é"])
def test_a_forged_way_back_is_over(browser, token):
    answer = browser.open(f"/account/deletion/undo?token={token}")
    assert answer.status_code == 400
