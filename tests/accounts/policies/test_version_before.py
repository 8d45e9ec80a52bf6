"""Through an upgrade: a node of the version before decides for owners too."""

from idp.accounts.models import Policy
from idp.accounts.policies.keys import ACR, Scope
from idp.accounts.policies.rows import POLICIES
from idp.administration.policies import list_policies
from idp.core.caches.versions import Caches
from idp.core.context import current
from idp.core.db import db


def test_what_it_marks_is_the_owners_and_newer_than_theirs(app, make):
    corp = make.organizations.organization(make.users.account())

    def sides():
        """Return what owners have decided, and operators."""
        with app.app_context():
            states = list_policies((Scope.OWNERS, corp))
            (state,) = (each for each in states if each.key is ACR)
            return state.value, state.beside and state.beside.value

    make.policies.decide("owners", corp, acr="aal1")
    with app.app_context():
        where = {"scope": "organization", "scope_id": corp, "key": "acr"}
        db.session.add(Policy(**where, value="aal2", by_operator=False))
        current(Caches).bump(POLICIES)
        db.session.commit()
    assert sides() == ("aal2", None)
    make.policies.decide("organization", corp, acr="aal1")
    assert sides() == ("aal2", "aal1")
    make.policies.decide("owners", corp, acr=None)
    assert sides() == (None, "aal1")
