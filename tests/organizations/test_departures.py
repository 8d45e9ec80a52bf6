"""Who has their account deleted leaves no organization without an owner."""

import pytest

from idp.core.db import db
from idp.oauth.keys.rotation import ensure_keys
from idp.organizations.access import MACHINE_OPERATOR
from idp.organizations.lifecycle.deletion import schedule_deletion
from idp.organizations.registry import get_organization
from tests.api.callers import Program, problem
from tests.issuer import IssuerClient


@pytest.fixture
def program(app) -> Program:
    app.test_client_class = IssuerClient
    with app.app_context():
        ensure_keys("ES256")
        db.session.commit()
    return Program(app.test_client(use_cookies=False))


@pytest.fixture
def ada(make):
    return make.users.account()


@pytest.fixture
def acme(make, ada) -> str:
    return make.organizations.organization(ada, make.users.account(), name="Acme")


def leave(program, account):
    program.sign_in(account)
    body = {"current_password": account.password}
    return program.post("/auth/delete-account", body)


def test_the_last_owner_hands_it_on_or_deletes_it_first(app, program, make, ada, acme):
    refused = leave(program, ada)
    assert problem(refused) == (409, "owns_organizations")
    assert refused.json["organizations"] == [
        {"id": acme, "slug": "acme", "name": "Acme"}
    ]
    assert make.records.user_row(ada.id)["status"] == "active"
    with app.app_context():
        schedule_deletion(get_organization(acme), actor=MACHINE_OPERATOR)
        db.session.commit()
    assert leave(program, ada).status_code == 204


def test_another_owner_will_do_whose_account_is_in_use(program, make, ada, acme):
    other = make.users.account()
    make.organizations.add(acme, other, "owner")
    make.users.disable(other.id)
    assert problem(leave(program, ada)) == (409, "owns_organizations")
    make.organizations.add(acme, make.users.account(), "owner")
    assert leave(program, ada).status_code == 204


def test_members_and_who_owns_a_personal_one_alone_just_go(program, make, acme):
    member = make.users.account()
    make.organizations.add(acme, member, "admin")
    assert leave(program, member).status_code == 204
