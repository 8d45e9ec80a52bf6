"""Members: how they come and go, what they may do to one another."""

import pytest
from sqlalchemy import select

from idp.core.context import current
from idp.core.db import db
from idp.core.events import EventBus
from idp.organizations.access import MACHINE_OPERATOR, Actor
from idp.organizations.errors import (
    InsufficientRole,
    InvalidOrganization,
    LastOwnerOfOrganization,
    NotAMember,
    PersonalOrganization,
    UnknownOrganization,
    UnknownOrganizationRole,
)
from idp.organizations.events import MembershipEnded
from idp.organizations.members import (
    add_member,
    change_roles,
    get_member,
    join,
    remove_member,
    transfer,
)
from idp.organizations.memberships import list_memberships
from idp.organizations.own_roles import delete_role, list_roles, set_role
from idp.organizations.registry import get_organization
from idp.security.models import AuditEvent


@pytest.fixture
def ada(make):
    return make.users.account(name="Ada")


@pytest.fixture
def grace(make):
    return make.users.account(name="Grace")


@pytest.fixture
def acme(make, ada, grace) -> str:
    """An organization of Ada's, with Grace in it."""
    return make.organizations.organization(ada, grace)


@pytest.fixture
def chief(make, acme):
    """Somebody who is an admin of it."""
    chief = make.users.account(name="Chief")
    make.organizations.add(acme, chief, "admin")
    return chief


@pytest.fixture
def do(app, acme):
    """Do something to the organization, and commit."""

    def run(act, *given, **named):
        with app.app_context():
            came = act(get_organization(acme), *given, **named)
            db.session.commit()
            return came

    return run


@pytest.fixture
def roles_of(app, acme):
    """Say which roles somebody has in it."""

    def look(person) -> str:
        with app.app_context():
            return get_member(get_organization(acme), person.id).roles

    return look


def audited(app) -> list[tuple[str, str | None, dict]]:
    with app.app_context():
        rows = db.session.scalars(
            select(AuditEvent)
            .where(AuditEvent.event.startswith("member."))
            .order_by(AuditEvent.occurred_at, AuditEvent.id)
        )
        return [(row.event, row.subject, row.detail) for row in rows]


def test_who_is_added_is_a_member_once(app, do, grace, roles_of):
    assert roles_of(grace) == "member"
    assert not do(add_member, grace.id, actor=MACHINE_OPERATOR)
    [(event, subject, detail)] = audited(app)
    assert (event, subject) == ("member.added", grace.id)
    assert detail["after"] == {"roles": ["member"]}


def test_who_is_let_in_by_others_joins_with_roles(do, make, ada, roles_of):
    other = make.users.account()
    assert do(join, other.id, roles=["admin"], by=ada.id)
    assert not do(join, other.id, roles=["owner"], by=ada.id)
    assert roles_of(other) == "admin"


def test_nobody_is_added_who_is_not(do):
    with pytest.raises(NotAMember):
        do(add_member, "0" * 32, actor=MACHINE_OPERATOR)


def test_members_add_nobody_unasked(do, ada, make):
    other = make.users.account()
    with pytest.raises(InsufficientRole):
        do(add_member, other.id, actor=Actor(ada.id))


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (["admin"], "admin"),
        (["owner", "admin"], "owner"),
        (["billing"], "member billing"),
        (["billing", "admin", "audit"], "admin audit billing"),
    ],
)
def test_roles_are_kept_in_order(do, grace, roles_of, given, stored):
    actor = MACHINE_OPERATOR
    for name in ("billing", "audit"):
        do(set_role, name, permissions=[], actor=actor)
    assert do(change_roles, grace.id, roles=given, actor=actor)
    assert not do(change_roles, grace.id, roles=given, actor=actor)
    assert roles_of(grace) == stored


def test_a_role_that_the_organization_lacks_is_named(do, ada, grace):
    with pytest.raises(InvalidOrganization) as refused:
        do(change_roles, grace.id, roles=["boss"], actor=Actor(ada.id))
    [error] = refused.value.errors
    assert (error.field, error.values["role"]) == ("roles", "boss")


def test_a_role_that_goes_is_taken_from_all_and_no_other(do, ada, grace, roles_of):
    for name in ("a_b", "axb", "a_bc"):
        do(set_role, name, permissions=[], actor=Actor(ada.id))
    every = ["a_b", "axb", "a_bc"]
    do(change_roles, grace.id, roles=every, actor=Actor(ada.id))
    do(delete_role, "a_b", actor=Actor(ada.id))
    assert roles_of(grace) == "member a_bc axb"
    assert roles_of(ada) == "owner"
    with pytest.raises(UnknownOrganizationRole):
        do(delete_role, "a_b", actor=Actor(ada.id))


@pytest.mark.parametrize("name", ["", "Owner", "owner", "9a", "a b", "x" * 33, "ä"])
def test_some_names_are_no_roles(do, ada, name):
    with pytest.raises(InvalidOrganization):
        do(set_role, name, permissions=[], actor=Actor(ada.id))


@pytest.mark.parametrize("permission", ["x" * 101, "a\nb", " "])
def test_what_is_no_line_of_text_names_no_permission(do, ada, permission):
    with pytest.raises(InvalidOrganization):
        do(set_role, "role", permissions=[permission], actor=Actor(ada.id))


def test_what_a_role_lets_do_is_said_anew(do, ada):
    for permissions in (["read", "pay"], ["read"]):
        do(set_role, "billing", permissions=permissions, actor=Actor(ada.id))
    stored = do(
        lambda organization: [(r.name, r.permissions) for r in list_roles(organization)]
    )
    assert stored == [("billing", ["read"])]


def test_admins_change_members_but_no_owner(do, chief, ada, grace, roles_of):
    actor = Actor(chief.id)
    assert do(change_roles, grace.id, roles=["admin"], actor=actor)
    for act in (
        lambda: do(change_roles, grace.id, roles=["owner"], actor=actor),
        lambda: do(change_roles, ada.id, roles=["member"], actor=actor),
        lambda: do(remove_member, ada.id, actor=actor),
        lambda: do(transfer, chief.id, actor=actor),
    ):
        with pytest.raises(InsufficientRole):
            act()
    do(remove_member, grace.id, actor=actor)
    with pytest.raises(NotAMember):
        roles_of(grace)


def test_members_change_nobody_not_even_themselves(do, ada, grace):
    for act in (
        lambda: do(change_roles, grace.id, roles=["owner"], actor=Actor(grace.id)),
        lambda: do(remove_member, ada.id, actor=Actor(grace.id)),
        lambda: do(set_role, "boss", permissions=[], actor=Actor(grace.id)),
    ):
        with pytest.raises(InsufficientRole):
            act()


def test_strangers_hear_that_there_is_none(do, make, grace):
    stranger = Actor(make.users.account().id)
    with pytest.raises(UnknownOrganization):
        do(remove_member, grace.id, actor=stranger)
    with pytest.raises(UnknownOrganization):
        do(remove_member, stranger.user_id, actor=stranger)


def test_the_end_of_a_membership_is_told(app, do, acme, ada, grace):
    ended = []
    with app.app_context():
        current(EventBus).subscribe(MembershipEnded, ended.append)
    do(remove_member, grace.id, actor=Actor(grace.id))
    assert ended == [MembershipEnded(acme, grace.id)]
    event, subject, detail = audited(app)[-1]
    assert (event, subject) == ("member.left", grace.id)
    assert detail["before"] == {"roles": ["member"]}


def test_who_is_removed_is_told_apart_from_who_leaves(app, do, ada, grace):
    do(remove_member, grace.id, actor=Actor(ada.id))
    assert audited(app)[-1][0] == "member.removed"


def test_the_last_owner_stays(do, ada, grace, roles_of):
    for act in (
        lambda: do(remove_member, ada.id, actor=Actor(ada.id)),
        lambda: do(remove_member, ada.id, actor=MACHINE_OPERATOR),
        lambda: do(change_roles, ada.id, roles=["admin"], actor=Actor(ada.id)),
    ):
        with pytest.raises(LastOwnerOfOrganization):
            act()
    assert roles_of(ada) == "owner"


def test_an_owner_who_cannot_sign_in_does_not_count(do, make, ada, grace):
    do(change_roles, grace.id, roles=["owner"], actor=Actor(ada.id))
    make.users.disable(grace.id)
    with pytest.raises(LastOwnerOfOrganization):
        do(remove_member, ada.id, actor=Actor(ada.id))


def test_of_two_owners_one_may_leave(do, ada, grace, roles_of):
    do(change_roles, grace.id, roles=["owner"], actor=Actor(ada.id))
    do(remove_member, ada.id, actor=Actor(ada.id))
    assert roles_of(grace) == "owner"


def test_an_owner_hands_it_on_and_stays_as_admin(do, ada, grace, roles_of):
    do(transfer, grace.id, actor=Actor(ada.id))
    assert (roles_of(ada), roles_of(grace)) == ("admin", "owner")


def test_an_operator_hands_it_on_for_all_owners(do, chief, ada, grace, roles_of):
    do(change_roles, chief.id, roles=["owner"], actor=Actor(ada.id))
    do(transfer, grace.id, actor=MACHINE_OPERATOR)
    came = [roles_of(each) for each in (ada, chief, grace)]
    assert came == ["admin", "admin", "owner"]


def test_it_is_handed_to_members_alone(do, make, ada):
    with pytest.raises(NotAMember):
        do(transfer, make.users.account().id, actor=Actor(ada.id))


def test_a_personal_organization_keeps_its_one_member(app, make, ada, grace):
    with app.app_context():
        own = get_organization(list_memberships(ada.id)[0].organization_id)
        for act in (
            lambda: add_member(own, grace.id, actor=MACHINE_OPERATOR),
            lambda: remove_member(own, ada.id, actor=Actor(ada.id)),
            lambda: transfer(own, grace.id, actor=Actor(ada.id)),
            lambda: set_role(own, "boss", permissions=[], actor=Actor(ada.id)),
        ):
            with pytest.raises(PersonalOrganization):
                act()
