"""What hangs on a large organization goes a batch at a time, and it at last."""

import pytest
from sqlalchemy import func, select, update

from idp.accounts.models import BrowserSession
from idp.core.db import db
from idp.oauth.models import Grant, RefreshFamily
from idp.organizations.access import MACHINE_OPERATOR
from idp.organizations.errors import UnknownOrganization
from idp.organizations.lifecycle import deletion
from idp.organizations.models import Membership, Organization
from idp.organizations.registry import get_organization
from tests.organizations.plans import explained, noted

LATER = deletion.GRACE.days


@pytest.fixture
def people(make):
    return [make.users.signed_in_person() for _ in range(3)]


@pytest.fixture
def due(app, make, people, clock) -> str:
    """Return an organization whose time is over, in which three people work."""
    spa = make.clients.spa()
    for person in people:
        make.tokens.refresh_token(spa, person=person)
    organization_id = make.organizations.organization()
    with app.app_context():
        acme = get_organization(organization_id)
        deletion.schedule_deletion(acme, actor=MACHINE_OPERATOR)
        for user_id, _ in people:
            belongs = {"organization_id": acme.id, "user_id": user_id}
            db.session.add(Membership(**belongs, roles="member"))
        for model in (Grant, BrowserSession):
            db.session.execute(update(model).values(organization_id=organization_id))
        db.session.commit()
    clock.tick(days=LATER)
    return organization_id


def erase(app) -> int:
    """Run the job once, as the worker does."""
    with app.app_context():
        done = deletion.erase_due()
        db.session.commit()
        return done


def rows(app, organization_id) -> list[int]:
    """Count what hangs on an organization, families of grants among it."""
    with app.app_context():
        of_grants = select(Grant.id).where(Grant.organization_id == organization_id)
        families = RefreshFamily.grant_id.in_(of_grants)
        counted = [
            select(func.count()).where(model.organization_id == organization_id)
            for model in (Membership, Grant, BrowserSession)
        ] + [select(func.count()).select_from(RefreshFamily).where(families)]
        return [db.session.scalar(each) for each in counted]


def test_it_goes_in_batches_and_is_not_kept_when_parts_are_gone(
    app, due, people, monkeypatch
):
    monkeypatch.setattr(deletion, "ROWS_AT_ONCE", 2)
    held = rows(app, due)
    assert held[0] == held[3] == len(people)
    assert erase(app) == deletion.ERASED_AT_ONCE, "more is to be done"
    assert 0 < sum(held) - sum(rows(app, due)) <= 4, "two rows, and what goes with them"
    with app.app_context(), pytest.raises(UnknownOrganization):
        deletion.undo_deletion(get_organization(due), actor=MACHINE_OPERATOR)
    runs = 1
    while erase(app) == deletion.ERASED_AT_ONCE:
        runs += 1
    assert runs >= len(people)
    assert rows(app, due) == [0, 0, 0, 0]
    with app.app_context():
        assert db.session.get(Organization, due) is None
        assert db.session.query(BrowserSession).count() == len(people), "they stay"


def test_rows_are_found_and_deleted_by_index(app, due):
    with app.app_context():
        with noted() as said:
            assert deletion.erase_due() == 1
        plans = explained(said)
    assert len(plans) > len(list(deletion._references()))
    assert not [plan for plan in plans if "SCAN" in plan]
