"""Roles of one user that several give at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from idp.accounts.access.permissions import OPERATOR, Role
from idp.accounts.access.roles import change_roles
from idp.accounts.users import get_user
from idp.core.db import db

GIVEN = (Role.ADMIN, Role.SUPPORT, Role.AUDITOR)
ROUNDS = 3


@pytest.fixture
def environ():
    return {"IDP_THREADS": str(len(GIVEN))}


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_none_is_lost(app, make, _round):
    account = make.users.account()
    barrier = Barrier(len(GIVEN))

    def give(role):
        with app.app_context():
            user = get_user(account.id)
            barrier.wait()
            change_roles(user, give=[role], take=[], held=OPERATOR)
            db.session.commit()

    with ThreadPoolExecutor(len(GIVEN)) as pool:
        list(pool.map(give, GIVEN))
    assert make.records.user_row(account.id)["roles"] == sorted(GIVEN)
