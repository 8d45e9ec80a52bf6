"""A large organization that is closed opens nothing, and is emptied batch by batch."""

import pytest
from sqlalchemy import update

from idp.accounts.models import BrowserSession
from idp.core.db import db
from idp.oauth import closing
from idp.oauth.models import Grant, LogoutDelivery, RefreshFamily
from idp.organizations.access import MACHINE_OPERATOR
from idp.organizations.lifecycle.deletion import schedule_deletion, undo_deletion
from idp.organizations.registry import get_organization
from tests.api.callers import Program, bearer
from tests.oauth.calls import as_client, introspect, redeem_with_secret, userinfo
from tests.oauth.organizations.contexts import close, place_of, signed_in
from tests.organizations.plans import explained, noted
from tests.rp import RelyingParty

GONE = "invalid_grant"
SCOPE = "openid organizations offline_access"
WANTED = {"scope": SCOPE, "backchannel_logout_uri": "https://app.example/logout"}


@pytest.fixture(autouse=True)
def one_at_once(monkeypatch):
    monkeypatch.setattr(closing, "ENDED_AT_ONCE", 1)


@pytest.fixture
def ada(make):
    return make.users.account("ada@example.com")


@pytest.fixture
def acme(make, ada):
    return make.organizations.organization(make.users.account(), ada, name="Acme")


def work(app) -> int:
    """Run the job once, as the worker does; return how many batches may follow."""
    with app.app_context():
        done = closing.end_some()
        db.session.commit()
        return done


def schedule(app, organization_id: str) -> None:
    with app.app_context():
        schedule_deletion(get_organization(organization_id), actor=MACHINE_OPERATOR)
        db.session.commit()


def undo(app, organization_id: str) -> None:
    with app.app_context():
        undo_deletion(get_organization(organization_id), actor=MACHINE_OPERATOR)
        db.session.commit()


def left(app, organization_id: str) -> list[int]:
    """Count the grants that are not ended, and the sessions that are in it."""
    with app.app_context():
        unended = Grant.revoked_at.is_(None)
        return [
            db.session.query(model)
            .filter(model.organization_id == organization_id, *more)
            .count()
            for model, more in ((Grant, [unended]), (BrowserSession, []))
        ]


@pytest.fixture
def inside(app, make, ada, acme) -> None:
    """Have an app hold three grants in the context, and their sessions be there."""
    place, spa = place_of(make, ada, acme), make.clients.own_app(**WANTED)
    for _ in range(3):
        person = signed_in(make, ada)
        make.tokens.refresh_token(spa, person=person, organization=place)
    with app.app_context():
        db.session.execute(update(BrowserSession).values(organization_id=acme))
        db.session.commit()


def test_nothing_in_it_opens_anything_before_its_rows_end(
    make, ada, acme, browser, http
):
    app = make.users.app
    web, spa = make.clients.web_client(scope=SCOPE), make.clients.spa(scope=SCOPE)
    person, place = signed_in(make, ada), place_of(make, ada, acme)

    def code():
        return make.tokens.code(web, person=person, scope=SCOPE, organization=place)

    held, unspent = redeem_with_secret(http, code()).json, code()
    program = Program(app.test_client(use_cookies=False))
    program.sign_in(ada)
    entered = program.post("/auth/organization", {"organization_id": acme}).json
    program.headers = bearer(entered)
    make.browsers.sign_in(browser.http, person=ada)
    rp = RelyingParty(browser.http, spa, scope=SCOPE)
    with app.app_context():
        db.session.execute(update(BrowserSession).values(organization_id=acme))
        db.session.commit()
    assert browser.http.get("/auth/me").json["organization"]["id"] == acme
    close(make, acme)
    with app.app_context():  # as if none of it had been ended yet
        for model in (Grant, RefreshFamily):
            db.session.execute(update(model).values(revoked_at=None))
        db.session.execute(update(BrowserSession).values(organization_id=acme))
        db.session.commit()
    assert userinfo(http, held["access_token"]).status_code == 401
    for token in (held["access_token"], held["refresh_token"]):
        assert introspect(http, web, token).json == {"active": False}
    again = {"grant_type": "refresh_token", "refresh_token": held["refresh_token"]}
    assert as_client(http, "/oauth2/token", web, **again).json["error"] == GONE
    assert redeem_with_secret(http, unspent).json["error"] == GONE
    assert program.get("/auth/me").status_code == 401
    refreshed = program.post(
        "/auth/refresh", {"refresh_token": entered["refresh_token"]}
    )
    assert refreshed.status_code == 401
    assert "code" not in rp.fields_of(rp.ask(prompt="none", organization=acme))
    assert browser.http.get("/auth/me").json["organization"]["personal"]


def test_what_is_left_ends_batch_by_batch_and_apps_are_told(app, acme, inside):
    schedule(app, acme)
    assert left(app, acme) == [2, 2], "as much as ends at once did"
    while work(app):
        pass
    assert left(app, acme) == [0, 0]
    with app.app_context():
        assert db.session.query(LogoutDelivery).count() == 3
        assert db.session.query(BrowserSession).filter_by(ended_at=None).count() == 3
    undo(app, acme)
    assert work(app) == 0


def test_one_that_is_in_use_again_keeps_what_was_not_ended(app, acme, inside):
    schedule(app, acme)
    assert work(app)
    undo(app, acme)
    assert work(app) == 0
    assert left(app, acme) == [1, 1]


def test_the_job_finds_rows_by_index(app, acme, inside):
    schedule(app, acme)
    with app.app_context():
        with noted() as said:
            assert closing.end_some()
        plans = explained(said)
        search, *others = plans
    assert "ix_organizations_out_of_use" in search
    assert "ix_grants_in_context" in search
    read_through = (plan.replace("SCAN anon_1", "") for plan in others)
    assert not [plan for plan in read_through if "SCAN" in plan], "but subqueries"
