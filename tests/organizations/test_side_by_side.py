"""Changes of organizations at the same moment: one slug once, an owner always."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from idp.accounts.lifecycle.deletion import schedule_deletion
from idp.accounts.sign_in.reauthentication import ReauthCredential
from idp.accounts.users import get_user
from idp.core.clock import utcnow
from idp.core.db import db
from idp.core.errors import IdpError
from idp.organizations.access import MACHINE_OPERATOR, Actor
from idp.organizations.lifecycle.creation import create_organization, found_organization
from idp.organizations.members import add_member, change_roles, remove_member, transfer
from idp.organizations.models import Membership, Organization
from idp.organizations.models.membership import IS_OWNER
from idp.organizations.registry import OrganizationDeclaration, get_organization
from idp.security.requester import Requester

AT_ONCE = 4


@pytest.fixture
def environ():
    return {"IDP_THREADS": str(AT_ONCE + 2)}


def at_once(app, *acts: Callable[[], object]) -> list[str]:
    """Run acts at the same moment, each in a unit of its own; return what came."""
    ready = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        with app.app_context():
            ready.wait()
            try:
                act()
                db.session.commit()
            except IdpError as refused:
                db.session.rollback()
                return refused.code
            return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def owners(app, organization_id: str) -> int:
    with app.app_context():
        counted = select(func.count()).where(
            Membership.organization_id == organization_id, IS_OWNER
        )
        return db.session.scalar(counted)


@pytest.mark.parametrize("round_", range(3))
def test_one_short_name_is_given_once(app, round_):
    declared = OrganizationDeclaration("Acme", "acme")
    came = at_once(app, *[lambda: create_organization(declared, owner=None)] * AT_ONCE)
    assert came == ["done", *["slug_taken"] * 3]


@pytest.mark.parametrize("round_", range(3))
def test_names_alike_become_short_names_of_their_own(app, round_):
    declared = OrganizationDeclaration("Acme")
    came = at_once(app, *[lambda: create_organization(declared, owner=None)] * AT_ONCE)
    assert came == ["done"] * AT_ONCE


@pytest.mark.parametrize("round_", range(3))
def test_a_user_makes_no_eleventh(app, make, round_):
    ada = make.users.account()

    def found():
        found_organization(get_user(ada.id), OrganizationDeclaration("Acme"))

    with app.app_context():
        for _ in range(8):
            found()
        db.session.commit()
    came = at_once(app, *[found] * AT_ONCE)
    assert came == ["done", "done", *["too_many_organizations"] * 2]
    with app.app_context():
        made = select(func.count()).where(Organization.created_by == ada.id)
        assert db.session.scalar(made) == 10


@pytest.mark.parametrize("round_", range(5))
def test_two_owners_who_leave_at_once_leave_one(app, make, round_):
    ada, grace = make.users.account(), make.users.account()
    acme = make.organizations.organization(ada)
    make.organizations.add(acme, grace, "owner")

    def leaving(user_id: str) -> Callable[[], object]:
        actor = Actor(user_id)
        return lambda: remove_member(get_organization(acme), user_id, actor=actor)

    came = at_once(app, leaving(ada.id), leaving(grace.id))
    assert came == ["done", "last_owner_of_organization"]
    assert owners(app, acme) == 1


@pytest.mark.parametrize("round_", range(3))
def test_the_last_owner_leaves_not_even_when_asked_twice(app, make, round_):
    ada = make.users.account()
    acme = make.organizations.organization(ada, make.users.account())

    def leave():
        remove_member(get_organization(acme), ada.id, actor=Actor(ada.id))

    assert at_once(app, leave, leave) == ["last_owner_of_organization"] * 2
    assert owners(app, acme) == 1


@pytest.mark.parametrize("round_", range(3))
def test_owners_who_unmake_each_other_leave_one(app, make, round_):
    ada, grace = make.users.account(), make.users.account()
    acme = make.organizations.organization(ada)
    make.organizations.add(acme, grace, "owner")

    def unmaking(other: str, by: str) -> Callable[[], object]:
        return lambda: change_roles(
            get_organization(acme), other, roles=["member"], actor=Actor(by)
        )

    came = at_once(app, unmaking(grace.id, ada.id), unmaking(ada.id, grace.id))
    assert came == ["done", "insufficient_role"]
    assert owners(app, acme) == 1


@pytest.mark.parametrize("round_", range(3))
def test_it_is_handed_on_while_who_gets_it_leaves(app, make, round_):
    ada, grace = make.users.account(), make.users.account()
    acme = make.organizations.organization(ada, grace)
    came = at_once(
        app,
        lambda: transfer(get_organization(acme), grace.id, actor=Actor(ada.id)),
        lambda: remove_member(get_organization(acme), grace.id, actor=Actor(grace.id)),
    )
    assert came in (["done", "last_owner_of_organization"], ["done", "not_a_member"])
    assert owners(app, acme) == 1


@pytest.mark.parametrize("round_", range(3))
def test_a_member_is_added_once(app, make, round_):
    acme, ada = make.organizations.organization(), make.users.account()

    def add():
        add_member(get_organization(acme), ada.id, actor=MACHINE_OPERATOR)

    assert at_once(app, *[add] * AT_ONCE) == ["done"] * AT_ONCE
    assert len(make.records.audited("member.added")) == 1


@pytest.mark.parametrize("round_", range(3))
def test_an_owner_leaves_while_the_other_has_the_account_deleted(app, make, round_):
    ada, grace = make.users.account(), make.users.account()
    acme = make.organizations.organization(ada)
    make.organizations.add(acme, grace, "owner")
    came = at_once(
        app,
        lambda: remove_member(get_organization(acme), ada.id, actor=Actor(ada.id)),
        lambda: schedule_deletion(
            get_user(grace.id),
            credential=ReauthCredential(utcnow()),
            requester=Requester(),
        ),
    )
    assert came in (
        ["done", "last_owner_of_organization"],
        ["done", "owns_organizations"],
    )
