"""A database that was put back to an earlier day."""

from datetime import timedelta

import pytest

from idp.core.db import db
from idp.oauth.jobs import rotate_keys
from idp.oauth.models import RefreshFamily, VoidPeriod
from idp.ops.first_start import prepare_database
from idp.ops.refusals import Refusal
from idp.ops.restoring.revoke_since import revoke_since
from tests.oauth.calls import client_credentials, introspect, redeem, refresh, userinfo


def run(app, rule, *given):
    with app.app_context():
        done = rule(*given)
        db.session.commit()
        return done


def put_back(app, *, generation: int) -> None:
    """Restore what a backup knows of the only family of refresh tokens."""
    with app.app_context():
        family = db.session.query(RefreshFamily).one()
        family.generation = generation
        db.session.commit()


def audited(make, event: str) -> int:
    return len(make.records.audited(event))


def test_what_was_issued_since_the_backup_counts_no_more(app, http, make, clock):
    run(app, prepare_database)
    machine, spa = make.clients.machine_client(), make.clients.spa()
    before = redeem(http, make.tokens.code(spa)).json
    clock.tick(minutes=5)
    backup = clock.now
    clock.tick(seconds=2)
    of_machine = client_credentials(http, machine).json["access_token"]
    since = redeem(http, make.tokens.code(spa)).json
    make.browsers.sign_in(http, email="grace@example.com")
    assert http.get("/account").status_code == 200
    clock.tick(seconds=2)
    ended = run(app, revoke_since, backup)
    assert ended["sessions"] == 2
    clock.tick(seconds=2)
    assert userinfo(http, before["access_token"]).status_code == 200
    assert userinfo(http, since["access_token"]).status_code == 401
    assert not introspect(http, machine, of_machine).json["active"]
    assert http.get("/account").status_code == 303
    assert refresh(http, spa, since["refresh_token"]).status_code == 400
    again = refresh(http, spa, before["refresh_token"])
    assert userinfo(http, again.json["access_token"]).status_code == 200


def test_an_app_whose_token_moved_on_signs_in_again_without_an_alarm(app, http, make):
    spa = make.clients.spa()
    first = redeem(http, make.tokens.code(spa)).json["refresh_token"]
    second = refresh(http, spa, first).json["refresh_token"]
    put_back(app, generation=0)
    told = refresh(http, spa, second)
    assert (told.status_code, told.json["error"]) == (400, "invalid_grant")
    assert audited(make, "refresh.ahead") == 1
    assert audited(make, "refresh.reused") == 0
    stolen = refresh(http, spa, first)
    assert stolen.json["error"] == "invalid_grant"


def test_a_moment_to_come_is_refused(app, clock):
    with pytest.raises(Refusal, match="not come yet"):
        run(app, revoke_since, clock.now + timedelta(hours=1))


def test_a_period_is_forgotten_with_the_last_key_that_signed_in_it(app, clock):
    run(app, prepare_database)
    backup = clock.now
    clock.tick(seconds=2)
    run(app, revoke_since, backup)

    def periods_after(**passed):
        clock.tick(**passed)
        run(app, rotate_keys)
        with app.app_context():
            return db.session.query(VoidPeriod).count()

    assert periods_after(days=91) == 1
    assert periods_after(days=2) == 1
    assert periods_after(days=80) == 0
