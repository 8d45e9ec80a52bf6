"""Commands act as the operator of the machine, and the audit log says so."""

import pytest
from sqlalchemy import select

from idp.accounts.access.permissions import OPERATOR, Permission
from idp.cli.application import open_application
from idp.core.db import db
from idp.security.models import AuditEvent

API = "https://api.example"


def rows():
    """Return event and actor of every audit row."""
    with open_application().app_context():
        found = db.session.execute(
            select(AuditEvent.event, AuditEvent.actor).order_by(AuditEvent.id)
        )
        return {(row.event, row.actor) for row in found}


@pytest.mark.parametrize(
    ("command", "event"),
    [
        (("apis", "create", API), "api.created"),
        (("clients", "create", "App", "--machine"), "client.created"),
        (("users", "create", "ada@example.com"), "register"),
        (("policies", "set", "max_sessions", "3"), "policy.changed"),
        (("groups", "create", "ops"), "group.created"),
    ],
)
def test_each_row_of_a_command_names_the_operator(idp, command, event):
    idp(*command)
    assert (event, "operator") in rows()
    assert {actor for _, actor in rows()} == {"operator"}


def test_whoever_sets_up_a_provider_by_a_command_is_the_operator(idp, tmp_path):
    (tmp_path / "secret").write_text("hush hush")
    options = ("--client-id", "us", "--client-secret-file", str(tmp_path / "secret"))
    idp("providers", "create", "google", "--preset", "google", *options)
    assert rows() == {("provider.created", "operator")}


def test_who_is_made_by_a_command_is_told_like_any_other_act(idp):
    idp("users", "create", "ada@example.com", "--role", "auditor")
    with open_application().app_context():
        acts = select(AuditEvent.detail).where(AuditEvent.event == "admin.action")
        (row,) = db.session.scalars(acts)
    assert (row["action"], row["before"]) == ("user.create", {})
    assert row["after"]["roles"] == ["auditor"]


def test_the_operator_of_the_machine_may_do_all_that_the_table_has():
    assert frozenset(Permission) == OPERATOR


def test_who_uses_the_pages_acts_as_themselves(http, make, app):
    make.browsers.sign_in(http)
    with app.app_context():
        actors = db.session.scalars(select(AuditEvent.actor)).all()
    assert actors
    assert set(actors) == {None}
