"""Changes of policies at the same moment that have all seen the same state."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.callers import Program

PATH = "/api/admin/policies"
AT_ONCE = 6


@pytest.fixture
def environ():
    return {"IDP_THREADS": str(AT_ONCE + 2)}


@pytest.mark.parametrize("round_", range(4))
def test_one_wins_and_the_others_are_told(app, program, make, round_):
    program.sign_in(make.users.account(roles=["owner"]))
    seen = {"If-Match": program.get(PATH).headers["ETag"]}

    def change(number):
        owner = Program(app.test_client(use_cookies=False))
        owner.headers = program.headers
        body = {"values": {"max_sessions": number + 1}}
        return owner.send("PATCH", PATH, body, headers=seen).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(change, range(AT_ONCE)))
    assert sorted(answers) == [200] + [412] * (AT_ONCE - 1)
    audited = make.records.audited("policy.changed")
    assert len(audited) == 1
