"""Several admins who leave at the same moment: one has to stay."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.api.callers import Program

ADMINS = 6
LEAVING = [
    ("PATCH", "/api/accounts/{id}", {"roles": []}),
    ("PATCH", "/api/accounts/{id}", {"status": "disabled"}),
    ("DELETE", "/api/users/{id}", None),
]


@pytest.fixture
def environ():
    return {"IDP_THREADS": str(ADMINS)}


@pytest.fixture
def admins(app, make):
    """Admins, each with a program of their own."""
    made = []
    for _ in range(ADMINS):
        account, program = (
            make.users.account(roles=["owner"]),
            Program(app.test_client(use_cookies=False)),
        )
        program.sign_in(account)
        made.append((account, program))
    return made


@pytest.mark.parametrize(("method", "path", "body"), LEAVING)
def test_one_stays(admins, make, method, path, body):
    barrier = Barrier(ADMINS)

    def leave(admin):
        account, program = admin
        sent = {"current_password": account.password} if body is None else body
        barrier.wait()
        return program.send(method, path.format(id=account.id), sent).status_code

    with ThreadPoolExecutor(ADMINS) as pool:
        statuses = list(pool.map(leave, admins))
    rows = [make.records.user_row(account.id) for account, _ in admins]
    staying = [r for r in rows if "owner" in r["roles"] and r["status"] == "active"]
    assert (len(staying), statuses.count(409)) == (1, 1)
