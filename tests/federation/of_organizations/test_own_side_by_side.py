"""Owners and providers of an organization at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from idp.core.db import db
from idp.core.errors import IdpError
from idp.federation.of_organizations.providers import (
    MOST,
    create_own_provider,
    list_own_providers,
)
from idp.organizations.access import MACHINE_OPERATOR
from idp.organizations.followed_roles import follow_roles
from idp.organizations.members import change_roles, has_acting_owner
from idp.organizations.registry import get_organization

SAID = {
    "name": "Corp ID",
    "issuer": "https://id.corp.example",
    "client_id": "us",
    "scopes": ["openid"],
}


@pytest.fixture
def environ():
    return {"IDP_THREADS": "6"}


def at_once(app, *acts) -> list[str]:
    """Run acts at the same moment, each in a unit of its own; return what came."""
    ready = Barrier(len(acts))

    def run(act) -> str:
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


def test_there_are_no_more_than_there_may_be(app, make):
    corp = make.organizations.organization(make.users.account())

    def add() -> None:
        organization = get_organization(corp)
        create_own_provider(organization, SAID, secret="x", actor=MACHINE_OPERATOR)

    with app.app_context():
        for _ in range(MOST - 1):
            add()
        db.session.commit()
    assert at_once(app, add, add, add) == ["done", *["too_many_providers"] * 2]
    with app.app_context():
        assert len(list_own_providers(get_organization(corp))) == MOST


@pytest.mark.parametrize("round_", range(3))
def test_an_owner_is_left_whoever_unmakes_them(app, make, round_):
    first, second = make.users.account(), make.users.account()
    corp = make.organizations.organization(first)
    make.organizations.add(corp, second, "owner")

    def by_claim() -> None:
        follow_roles(corp, first.id, meant={"owner": False}, by="acme")

    def by_hand() -> None:
        organization = get_organization(corp)
        change_roles(organization, second.id, roles=["member"], actor=MACHINE_OPERATOR)

    assert at_once(app, by_claim, by_hand)[0] in ("done", "last_owner_of_organization")
    with app.app_context():
        assert has_acting_owner(get_organization(corp))
