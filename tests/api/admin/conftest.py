"""Operators who call at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.callers import Program


@pytest.fixture
def at_once(app, program, make):
    """Return a function that sends calls of an owner at the same moment."""
    make.clients.spa()
    program.sign_in(make.users.account(roles=["owner"]))

    def send(call):
        owner = Program(app.test_client(use_cookies=False))
        owner.headers = program.headers
        method, path, body, headers = call
        return owner.send(method, path, body, headers=headers)

    def run(calls):
        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(send, calls))

    return run
