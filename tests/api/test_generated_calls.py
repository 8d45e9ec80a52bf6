"""Calls that nobody thought of: whatever the document allows, and each answer in it."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from tests.api.callers import Program, bearer
from tests.make_users import MadeAccount

CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
]
EXAMPLES = 5
HOST = {"Host": "idp.example"}
UNLIMITED = {
    f"IDP_RATELIMIT_{name}": "off"
    for name in ("LOGIN_ACCOUNT_IP", "LOGIN_IP", "LOGIN_ACCOUNT", "REGISTER_IP",
                 "MAIL_ADDRESS", "MAIL_IP")
}  # fmt: skip


@pytest.mark.parametrize("environ", [UNLIMITED])
def test_no_call_breaks_the_server_or_the_document(app, make):
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app, headers=HOST)
    people = two_people(make)
    for operation in schema.get_all_operations():
        tokens = [token_of(app, person) for person in people]
        attempt(operation.ok(), [HOST, *(HOST | token for token in tokens)])
        if operation.ok().method.upper() == "DELETE":  # a password goes too
            people = two_people(make)


def two_people(make) -> list[MadeAccount]:
    """Make a usual account, and one of an admin."""
    return [make.users.account(roles=roles) for roles in ([], ["admin"])]


def token_of(app, account) -> dict[str, str]:
    """Return a token of its own for an operation, which may end it."""
    program = Program(app.test_client(use_cookies=False))
    body = {"login": account.email, "password": account.password}
    return bearer(program.post("/auth/login", body).json)


def attempt(operation, callers):
    """Call an operation with some of what its schema allows, as each of the callers.

    To make up a call takes as long as to make it.
    """

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    @given(case=operation.as_strategy())
    def run(case):
        for headers in callers:
            case.call_and_validate(headers=headers, checks=CHECKS)

    run()
