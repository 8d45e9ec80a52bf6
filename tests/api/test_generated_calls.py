"""Calls that nobody thought of: whatever the document allows, and each answer in it."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from tests.api.callers import Program, bearer

CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
]
EXAMPLES = 8
UNLIMITED = {
    f"IDP_RATELIMIT_{name}": "off"
    for name in ("LOGIN_ACCOUNT_IP", "LOGIN_IP", "LOGIN_ACCOUNT", "REGISTER_IP",
                 "MAIL_ADDRESS", "MAIL_IP")
}  # fmt: skip


@pytest.mark.parametrize("environ", [UNLIMITED])
@pytest.mark.parametrize("roles", [None, [], ["admin"]])
def test_no_call_breaks_the_server_or_the_document(app, make, roles):
    host = {"Host": "idp.example"}
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app, headers=host)
    ada = make.users.account(roles=roles or [])
    for operation in schema.get_all_operations():
        headers = host | ({} if roles is None else token_of(app, ada))
        attempt(operation.ok(), headers)


def token_of(app, account) -> dict[str, str]:
    """Return a token of its own for an operation, which may end it."""
    program = Program(app.test_client(use_cookies=False))
    body = {"login": account.email, "password": account.password}
    return bearer(program.post("/auth/login", body).json)


def attempt(operation, headers):
    """Call an operation with some of what its schema allows."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    @given(case=operation.as_strategy())
    def run(case):
        case.call_and_validate(headers=headers, checks=CHECKS)

    run()
