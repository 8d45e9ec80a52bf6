"""Clients that administer by tokens of their own, for the resource <issuer>/admin."""

import pytest
from sqlalchemy import select

from idp.accounts.access.permissions import Permission, permissions_of
from idp.accounts.access.roles import PermissionBeyond
from idp.core.db import db
from idp.oauth.apis.registry import ApiDeclaration, InvalidApi, create_api
from idp.oauth.clients.changes import change_client, disable_client, get_client
from idp.oauth.clients.metadata.registration import InvalidClientMetadata
from idp.oauth.clients.registry import register_client
from idp.oauth.clients.secrets import rotate_secret
from idp.security.models import AuditEvent
from tests.api.callers import Program, bearer, problem
from tests.issuer import ISSUER
from tests.oauth.calls import client_credentials

ADMIN = f"{ISSUER}/admin"
USERS = "/api/users"
READ, DISABLE = "admin:users.read", "admin:users.disable"


@pytest.fixture
def client(make):
    return make.clients.machine_client(scope=f"{READ} {DISABLE} read")


@pytest.fixture
def program_of(app, http):
    """Return a program with a token of a client."""

    def got(client, **form) -> Program:
        answer = client_credentials(http, client, **({"resource": ADMIN} | form))
        assert answer.status_code == 200, answer.text
        program = Program(app.test_client(use_cookies=False))
        program.headers = bearer(answer.json)
        return program

    return got


def test_a_client_does_what_its_scope_says(client, program_of, make, app):
    ada = make.users.account("ada@example.com")
    program = program_of(client)
    assert len(program.get(USERS).json["items"]) == 1
    path = f"/api/accounts/{ada.id}"
    changed = program.send("PATCH", path, {"status": "disabled"})
    assert changed.json["status"] == "disabled"
    refused = program.send("DELETE", f"{USERS}/{ada.id}")
    assert problem(refused) == (403, "not_permitted")
    with app.app_context():
        acts = select(AuditEvent.actor).where(AuditEvent.event == "admin.action")
        assert set(db.session.scalars(acts)) == {f"client:{client.client_id}"}


def test_a_token_does_no_more_than_was_asked_for(client, program_of, make):
    ada = make.users.account("ada@example.com")
    program = program_of(client, scope=READ)
    path = f"/api/accounts/{ada.id}"
    refused = program.send("PATCH", path, {"status": "disabled"})
    assert problem(refused) == (403, "not_permitted")


def test_a_token_without_the_resource_opens_nothing(client, program_of, http):
    program = program_of(client, resource="")
    assert problem(program.get(USERS)) == (401, "invalid_token")
    answer = client_credentials(http, client, scope=READ)
    assert answer.json["error"] == "invalid_scope"


def test_who_registered_no_scope_of_it_may_not_ask(make, http):
    client = make.clients.machine_client(scope="read admin:org")
    answer = client_credentials(http, client, resource=ADMIN)
    assert answer.json["error"] == "invalid_target"


def test_what_a_client_loses_its_tokens_lose(client, program_of, app):
    program = program_of(client)
    with app.app_context():
        metadata = get_client(client.client_id).registered | {"scope": DISABLE}
        change_client(client.client_id, metadata, held=frozenset(Permission))
        db.session.commit()
    assert problem(program.get(USERS)) == (403, "not_permitted")
    with app.app_context():
        disable_client(client.client_id)
        db.session.commit()
    assert problem(program.get(USERS)) == (401, "invalid_token")


def test_the_token_opens_nothing_of_the_account_api(client, program_of):
    program = program_of(client)
    assert problem(program.get("/account/profile")) == (401, "invalid_token")
    assert problem(program.get("/auth/me")) == (401, "invalid_token")


@pytest.mark.parametrize(
    "grants", [["authorization_code"], ["authorization_code", "client_credentials"]]
)
def test_no_app_that_people_sign_in_to_administers(make, grants):
    with pytest.raises(InvalidClientMetadata) as refused:
        make.clients.client(grant_types=grants, scope=f"openid {READ}")
    assert [error.field for error in refused.value.errors] == ["scope"]


def test_nobody_else_has_a_scope_of_that_name(app):
    declared = ApiDeclaration("Mine", scopes={READ: {"en": "Read"}})
    with app.app_context(), pytest.raises(InvalidApi):
        create_api("https://api.example", declared)


MACHINE = {"grant_types": ["client_credentials"], "redirect_uris": []}


def test_an_admin_gives_no_client_what_owners_alone_hold(app):
    held = permissions_of(["admin"])
    with app.app_context():
        register_client(MACHINE | {"scope": READ}, held=held)
        with pytest.raises(PermissionBeyond):
            register_client(MACHINE | {"scope": "admin:keys.rotate"}, held=held)


def test_an_admin_changes_no_client_that_may_do_more_and_gets_no_secret_of_it(
    app, make
):
    client = make.clients.machine_client(scope="admin:keys.rotate")
    held = permissions_of(["admin"])
    with app.app_context():
        metadata = get_client(client.client_id).registered
        for change in (
            lambda: change_client(
                client.client_id, metadata | {"scope": ""}, held=held
            ),
            lambda: rotate_secret(client.client_id, overlap=None, held=held),
        ):
            with pytest.raises(PermissionBeyond):
                change()
            db.session.rollback()
