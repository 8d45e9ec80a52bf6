"""Domains at the same moment: one organization has a domain, and one joins once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from idp.accounts.events import AddressProven
from idp.core.db import db
from idp.core.errors import IdpError
from idp.core.events import publish
from idp.organizations.access import MACHINE_OPERATOR
from idp.organizations.domains.registry import get_domain
from idp.organizations.domains.verification import verify_by_dns
from idp.organizations.members import remove_member
from idp.organizations.registry import get_organization
from tests.organizations.domains.owned import DOMAIN


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


def verify(organization_id: str) -> None:
    verify_by_dns(get_organization(organization_id), DOMAIN, actor=MACHINE_OPERATOR)


@pytest.mark.parametrize("round_", range(3))
def test_one_organization_has_it(app, acme, rival, round_):
    ours, theirs = acme.add(), rival.add()
    values = [each["record"]["value"] for each in (ours, theirs)]
    acme.names.texts[ours["record"]["name"]] = values
    came = at_once(app, lambda: verify(acme.id), lambda: verify(rival.id))
    assert came == ["domain_taken", "done"]
    with app.app_context():
        rows = [
            get_domain(get_organization(each.id), DOMAIN).verified_at
            for each in (acme, rival)
        ]
    assert rows.count(None) == 1


@pytest.mark.parametrize("round_", range(3))
def test_who_joins_and_is_removed_at_once_is_in_or_out(app, acme, make, round_):
    ada = make.users.account(f"ada@{DOMAIN}")
    make.organizations.add(acme.id, ada)
    acme.own()
    proven = AddressProven(ada.id, ada.email)

    def remove() -> None:
        organization = get_organization(acme.id)
        remove_member(organization, ada.id, actor=MACHINE_OPERATOR)

    came = at_once(app, remove, lambda: publish(proven), lambda: publish(proven))
    assert came == ["done"] * 3
