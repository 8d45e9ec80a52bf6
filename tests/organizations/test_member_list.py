"""Long lists of members are read by an index, page by page."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from idp.accounts.models import User
from idp.core.clock import utcnow
from idp.core.db import db, table_of
from idp.core.paging import FirstItems, Place
from idp.organizations import member_list
from idp.organizations.member_list import (
    MemberFilters,
    count_members,
    list_members,
    rows_of_members,
)
from idp.organizations.models import Membership
from idp.organizations.registry import get_organization
from tests.plans import plan_of

MANY = 300


class After:
    """A page after a position."""

    limit = 25

    def __init__(self, position) -> None:
        self.position = position

    def place(self, _of: str) -> Place:
        return Place(self.position)


@pytest.fixture
def crowd(app, make) -> str:
    """An organization of many."""
    organization_id = make.organizations.organization()
    fill(app, organization_id)
    return organization_id


def fill(app, organization_id: str) -> None:
    """Make many users members, each a second after the one before."""
    begun, numbers = utcnow(), range(MANY)
    with app.app_context():
        users = [
            {
                "id": f"{n:032x}",
                "email": f"m{n}@many.example",
                "email_key": f"m{n}@many.example",
                "name": f"Member {n}",
                "username": f"member-{n}",
                "username_key": f"member-{n}",
            }
            for n in numbers
        ]
        members = [
            {
                "organization_id": organization_id,
                "user_id": f"{n:032x}",
                "roles": "member",
                "created_at": begun + timedelta(seconds=n),
            }
            for n in numbers
        ]
        db.session.execute(insert(table_of(User)), users)
        db.session.execute(insert(table_of(Membership)), members)
        db.session.commit()


def test_a_page_is_found_by_the_order_of_joining(app, crowd):
    with app.app_context():
        last = list_members(
            get_organization(crowd), MemberFilters(), request=FirstItems(25)
        ).items[-1]
        at = (last.joined_at.isoformat(), last.user_id)
        for request in (FirstItems(25), After(at)):
            wanted = rows_of_members(crowd, MemberFilters(), request=request)
            plan = plan_of(wanted, in_order=True)
            assert "ix_memberships_joined" in plan
            assert "TEMP B-TREE" not in plan


def test_pages_follow_one_another_and_hide_nobody(app, crowd):
    seen = []
    with app.app_context():
        organization, request = get_organization(crowd), FirstItems(100)
        assert count_members(organization) == MANY
        while True:
            page = list_members(organization, MemberFilters(), request=request)
            seen += [member.user_id for member in page.items]
            if page.next_cursor is None:
                break
            last = page.items[-1]
            request = After((last.joined_at.isoformat(), last.user_id))
    assert seen == [f"{n:032x}" for n in range(MANY)]


@pytest.mark.parametrize("large", [MANY, MANY + 1], ids=["by index", "one by one"])
def test_a_fragment_finds_its_members_in_an_organization_of_many(
    app, make, crowd, monkeypatch, large
):
    monkeypatch.setattr(member_list, "LARGE", large)
    monkeypatch.setattr(member_list, "FEW", 20)
    make.users.account("member-29@elsewhere.example")
    with app.app_context():
        organization = get_organization(crowd)
        for text, found in (("member-29", 11), ("EMBER 1", 111), ("29@many", 0)):
            filters = MemberFilters(text)
            page = list_members(organization, filters, request=FirstItems(200))
            assert len(page.items) == found
        filters = MemberFilters("29@many", by_address=True)
        page = list_members(organization, filters, request=FirstItems(200))
        assert page.items[0].name == "Member 29"
