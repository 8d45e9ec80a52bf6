"""Groups: their names, their members, what the audit log keeps."""

import pytest
from sqlalchemy import delete, select

from idp.accounts.groups.members import (
    NoSuchMember,
    add_member,
    count_members,
    group_names,
)
from idp.accounts.groups.names import description_mistake, name_mistake
from idp.accounts.groups.registry import (
    GroupDeclaration,
    GroupNameTaken,
    InvalidGroup,
    UnknownGroup,
    change_group,
    create_group,
    delete_group,
    find_group,
    get_group,
)
from idp.accounts.models import User
from idp.accounts.users import get_user
from idp.core.db import db
from idp.security.models import AuditEvent


def audited(app) -> list[tuple[str, dict]]:
    with app.app_context():
        rows = db.session.scalars(
            select(AuditEvent)
            .where(AuditEvent.event.startswith("group."))
            .order_by(AuditEvent.occurred_at, AuditEvent.id)
        )
        return [(row.event, row.detail) for row in rows]


@pytest.mark.parametrize("name", ["ops", "Site admins", "b:c/d", "Büro", "مدراء"])
def test_nearly_every_line_of_text_is_a_name(name):
    assert name_mistake(name) is None


@pytest.mark.parametrize(
    "name", ["", " ops", "ops ", "a,b", "a\nb", "a\0b", "x" * 65, "a\u202eb", None, 7]
)
def test_what_a_list_with_commas_could_not_hold_is_no_name(name):
    assert name_mistake(name)


def test_a_description_may_be_empty_but_is_one_line():
    assert description_mistake("") is None
    assert description_mistake("Who looks after the servers") is None
    assert description_mistake("a\nb")
    assert description_mistake("x" * 256)


def test_a_name_is_taken_whatever_its_case(app, make):
    make.groups.group("Ops")
    with app.app_context():
        with pytest.raises(GroupNameTaken):
            create_group(GroupDeclaration("oPS"))
        with pytest.raises(InvalidGroup):
            create_group(GroupDeclaration("a,b", "x\ny"))
        assert find_group("OPS").name == "Ops"
        with pytest.raises(UnknownGroup):
            get_group("dev")


def test_a_group_may_change_the_case_of_its_own_name(app, make):
    make.groups.group("Ops")
    make.groups.group("Dev")
    with app.app_context():
        assert change_group(get_group("ops"), GroupDeclaration("OPS"))
        db.session.commit()
        assert not change_group(get_group("ops"), GroupDeclaration("OPS"))
        with pytest.raises(GroupNameTaken):
            change_group(get_group("ops"), GroupDeclaration("dev"))


def test_a_member_is_added_once_and_removed_once(app, make):
    ada = make.users.account()
    make.groups.group("ops", ada.id)
    make.groups.add("ops", ada.id)
    with app.app_context():
        assert group_names(ada.id) == ["ops"]
        assert count_members(get_group("ops")) == 1
    make.groups.remove("ops", ada.id)
    make.groups.remove("ops", ada.id)
    with app.app_context():
        assert group_names(ada.id) == []
    assert [event for event, _ in audited(app)] == [
        "group.created",
        "group.member.added",
        "group.member.removed",
    ]


def test_each_change_leaves_a_row_with_before_and_after(app, make, clock):
    ada = make.users.account()
    make.groups.group("ops", description="Servers")
    clock.tick(seconds=1)
    make.groups.add("ops", ada.id)
    with app.app_context():
        clock.tick(seconds=1)
        change_group(get_group("ops"), GroupDeclaration("sre", "Servers"), by=ada.id)
        db.session.flush()
        clock.tick(seconds=1)
        delete_group(get_group("sre"))
        db.session.commit()
    servers = {"name": "ops", "description": "Servers"}
    renamed = {"name": "sre", "description": "Servers"}
    assert audited(app) == [
        ("group.created", {"group": "ops", "after": servers}),
        ("group.member.added", {"group": "ops", "member": ada.id}),
        ("group.changed", {"group": "sre", "before": servers, "after": renamed}),
        ("group.deleted", {"group": "sre", "before": renamed}),
    ]


def test_who_is_deleted_is_in_no_group(app, make):
    ada = make.users.account()
    make.groups.group("ops", ada.id)
    with app.app_context():
        db.session.delete(db.session.get_one(User, ada.id))
        db.session.commit()
        assert count_members(get_group("ops")) == 0


def test_who_is_gone_by_now_comes_into_no_group(app, make):
    ada = make.users.account()
    make.groups.group("ops")
    with app.app_context():
        user = get_user(ada.id)
        db.session.expunge(user)
        db.session.execute(delete(User).where(User.id == ada.id))
        with pytest.raises(NoSuchMember):
            add_member(get_group("ops"), user)
        assert count_members(get_group("ops")) == 0
