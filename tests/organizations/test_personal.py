"""Everybody's own organization."""

import pytest
from sqlalchemy import func, select

from idp.core.db import db
from idp.organizations.memberships import list_memberships
from idp.organizations.models import Membership, Organization
from tests.make_users import PASSWORD


def memberships_of(app, user_id):
    with app.app_context():
        return list_memberships(user_id)


def test_a_declared_user_owns_an_organization_of_their_own(app, make):
    ada = make.users.account(name="Ada Lovelace")
    (own,) = memberships_of(app, ada.id)
    assert own.organization_name == "Ada Lovelace"
    assert (own.role, own.personal) == ("owner", True)


def test_who_signs_up_owns_one_at_once(app, make, browser):
    browser.open("/register")
    typed = {"email": "ada@example.com", "username": "ada", "password": PASSWORD}
    browser.submit(**typed)
    (own,) = memberships_of(app, make.records.user_id_of("ada@example.com"))
    assert (own.organization_name, own.personal) == ("ada", True)


def test_a_sign_up_that_is_refused_leaves_no_organization(app, make, browser):
    make.users.account("ada@example.com")
    browser.open("/register")
    browser.submit(email="ada@example.com", password=PASSWORD)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Organization)) == 1


def test_a_name_is_not_made_of_the_address(app, make):
    nameless = make.users.account(username=None)
    (own,) = memberships_of(app, nameless.id)
    assert own.organization_name == ""


def test_ones_own_organization_comes_first(app, make):
    ada, grace = make.users.account(name="Ada"), make.users.account(name="Grace")
    (of_grace,) = memberships_of(app, grace.id)
    with app.app_context():
        shared = {"organization_id": of_grace.organization_id, "user_id": ada.id}
        db.session.add(Membership(**shared, roles="member"))
        db.session.commit()
    found = memberships_of(app, ada.id)
    assert [member.organization_name for member in found] == ["Ada", "Grace"]
    assert [member.personal for member in found] == [True, False]


@pytest.mark.parametrize("model", [Organization, Membership])
def test_what_is_personal_goes_with_its_person(app, make, model):
    ada = make.users.account()
    with app.app_context():
        db.session.execute(db.text("DELETE FROM users WHERE id = :id"), {"id": ada.id})
        db.session.commit()
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
