"""``idp users``: people are disabled, enabled, erased, helped, and given roles."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from idp.accounts.models import FactorLock, User
from idp.cli.application import open_application
from idp.core.clock import utcnow
from idp.core.db import db
from idp.mail.models import OutboxMessage
from idp.oauth.apis.registry import ApiDeclaration, create_api
from idp.oauth.models import PersonalToken
from idp.security.models import AuditEvent
from tests.make_users import MakeUsers

ADA = "ada@example.com"


@pytest.fixture
def ada(idp) -> dict:
    """A user, as the command that made her prints her."""
    made = idp("users", "create", ADA, "--username", "ada", "--json")
    return json.loads(made.stdout)


def done(idp, *arguments: str) -> dict:
    return json.loads(idp("users", *arguments, "--json").stdout)


def actions() -> list[tuple]:
    """Return what the operator did to people who exist: act, before, after."""
    wanted = select(AuditEvent).where(AuditEvent.event == "admin.action")
    with open_application().app_context():
        rows = db.session.scalars(wanted.order_by(AuditEvent.id)).all()
        assert {(row.actor, row.user_id) for row in rows} <= {("operator", None)}
        return [
            (row.detail["action"], row.detail.get("before"), row.detail["after"])
            for row in rows
            if row.detail["action"] != "user.create"
        ]


def mails() -> list[str]:
    with open_application().app_context():
        return list(
            db.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.id))
        )


def test_a_new_user_is_printed_with_the_one_time_password(ada):
    assert ada.pop("one_time_password")
    assert ada.pop("id")
    assert ada == {
        "email": ADA,
        "email_verified": True,
        "username": "ada",
        "status": "active",
        "roles": [],
    }


def test_what_is_said_of_attributes_is_judged(idp):
    idp("attributes", "create", "level", "--type", "number")
    create = ("users", "create", ADA)
    told = idp(*create, "--attribute", "level=7", status=2)
    assert "attributes.level: Enter a number" in told.stderr
    for wrong in ("level", "level:=x", "=7"):
        idp(*create, "--attribute", wrong, status=2)
    idp(*create, "--attribute", "level:=7")
    with open_application().app_context():
        assert db.session.scalars(select(User.attributes)).all() == [{"level": 7}]


def test_a_user_is_disabled_and_enabled_again(idp, ada):
    assert done(idp, "disable", "ada")["status"] == "disabled"
    assert done(idp, "disable", ada["id"])["status"] == "disabled"
    assert done(idp, "enable", ADA)["status"] == "active"
    assert "is active" in idp("users", "enable", ADA).stdout
    active = {"status": "active", "erase_at": None}
    disabled = {"status": "disabled", "erase_at": None}
    assert actions() == [
        ("user.disable", active, disabled),
        ("user.enable", disabled, active),
    ]
    assert mails() == ["account_disabled"]


def test_roles_are_given_and_taken_and_the_others_stay(idp, ada):
    given = done(idp, "roles", ADA, "--give", "support", "--give", "auditor")
    assert given["roles"] == ["auditor", "support"]
    left = done(idp, "roles", ADA, "--take", "support", "--give", "admin")
    assert left["roles"] == ["admin", "auditor"]
    done(idp, "roles", ADA, "--give", "admin")
    both = ["auditor", "support"]
    assert actions() == [
        ("roles.set", {"roles": []}, {"roles": both}),
        ("roles.set", {"roles": both}, {"roles": ["admin", "auditor"]}),
    ]


def test_roles_that_are_no_change_or_no_role_are_a_mistake_of_use(idp, ada):
    assert "--give ROLE" in idp("users", "roles", ADA, status=2).stderr
    twice = ("--give", "admin", "--take", "admin")
    assert "name it once" in idp("users", "roles", ADA, *twice, status=2).stderr
    idp("users", "roles", ADA, "--give", "admn", status=2)
    assert actions() == []


@pytest.mark.parametrize(
    "act", [("disable",), ("delete", "--yes"), ("roles", "--take", "owner")]
)
def test_the_last_owner_stays(idp, ada, act):
    done(idp, "roles", ADA, "--give", "owner")
    verb, *options = act
    refused = idp("users", verb, ADA, *options, "--json", status=4)
    assert "This is the last owner" in refused.stderr
    (row,) = json.loads(idp("users", "list", "--json").stdout)
    assert (row["status"], row["roles"]) == ("active", ["owner"])
    assert [action for action, *_ in actions()] == ["roles.set"]
    idp("users", "create", "bob@example.com", "--role", "owner")
    idp("users", verb, ADA, *options)


def test_a_user_is_erased_later_and_can_be_kept(idp, ada):
    idp("users", "delete", ADA, given="n\n", status=1)
    assert actions() == []
    deleted = done(idp, "delete", ADA, "--yes")
    assert deleted["status"] == "deleting"
    assert done(idp, "delete", ADA, "--yes") == deleted
    assert mails() == ["account_deletion_scheduled"]
    assert done(idp, "enable", ADA)["status"] == "active"
    before = {"status": "active", "erase_at": None}
    after = {"status": "deleting", "erase_at": deleted["erase_at"]}
    assert actions()[0] == ("user.delete", before, after)
    assert [action for action, *_ in actions()] == ["user.delete", "user.enable"]


def test_a_link_to_a_new_password_is_mailed_and_not_printed(idp, ada):
    printed = idp("users", "reset", ADA)
    assert "http" not in printed.output
    assert done(idp, "reset", ADA)["id"] == ada["id"]
    assert mails() == ["password_reset"] * 2
    assert actions() == [("user.send_reset", {}, {"mailed": True})] * 2


def test_a_link_is_printed_with_its_end(idp, ada):
    made = done(idp, "link", ADA)
    assert made["url"].startswith("http://localhost:8123/auth/sign-in/token?token=")
    assert made["expires_at"]


@pytest.mark.parametrize("act", [("reset",), ("link",), ("link", "--new-password")])
def test_no_link_is_made_to_an_account_that_it_would_not_open(idp, ada, act):
    idp("users", "disable", ADA)
    refused = idp("users", *act, ADA, status=4)
    assert "not in use. Enable it first" in refused.stderr
    assert mails() == ["account_disabled"]


def test_sessions_are_listed_and_ended(idp):
    user_id, session_id = MakeUsers(open_application()).signed_in_person()
    (row,) = done(idp, "sessions", "list", user_id)
    assert row["id"] == session_id
    assert session_id in idp("users", "sessions", "list", user_id).stdout
    assert done(idp, "sessions", "end", user_id)["ended"] == 1
    assert done(idp, "sessions", "list", user_id) == []
    none = {"sessions": 0}
    assert actions() == [("sessions.end", {"sessions": 1}, none)]


@pytest.mark.parametrize(
    "act",
    [
        ("disable",),
        ("enable",),
        ("roles", "--give", "admin"),
        ("reset",),
        ("delete", "--yes"),
        ("link",),
        ("sessions", "list"),
        ("sessions", "end"),
    ],
)
def test_who_is_nobody_is_not_found(idp, act):
    refused = idp("users", *act, "eve", status=3)
    assert refused.stdout == ""
    assert "user: nobody is eve; give the address" in refused.stderr


def test_personal_access_tokens_are_listed_and_revoked(idp, ada):
    with open_application().app_context():
        api = create_api(
            "https://files.example", ApiDeclaration("Files", scopes={"r": {}})
        )
        until = utcnow() + timedelta(days=1)
        values = {"name": "backup", "prefix": "idpt_abcdef", "digest": "0" * 64}
        row = PersonalToken(
            **values, user_id=ada["id"], api_id=api.id, scopes=["r"], expires_at=until
        )
        db.session.add(row)
        db.session.commit()
        token_id = row.id
    (listed,) = json.loads(idp("users", "tokens", "list", ADA, "--json").stdout)
    assert (listed["id"], listed["scope"]) == (token_id, ["r"])
    idp("users", "tokens", "revoke", ADA, token_id)
    assert json.loads(idp("users", "tokens", "list", ADA, "--json").stdout) == []
    idp("users", "tokens", "revoke", ADA, token_id, status=3)


@pytest.fixture
def with_app(ada) -> dict:
    """The same user, who has an authenticator app that is locked."""
    with open_application().app_context():
        user = db.session.get_one(User, ada["id"])
        user.factors = ["totp"]
        until = utcnow() + timedelta(minutes=15)
        lock = FactorLock(
            user_id=user.id,
            method="totp",
            failures=0,
            began_at=utcnow(),
            locked_until=until,
        )
        db.session.add(lock)
        db.session.commit()
    return ada


def test_a_factor_is_unlocked_and_reset(idp, with_app):
    nothing = {
        "totp": False,
        "passkeys": [],
        "recovery_codes": 0,
        "trusted_browsers": 0,
        "locked": [],
    }
    assert done(idp, "factors", "unlock", ADA)["unlocked"] == ["totp"]
    assert "nothing was locked" in idp("users", "factors", "unlock", ADA).stdout
    taken = nothing | {"totp": True}
    assert done(idp, "factors", "reset", ADA)["taken"] == taken
    assert "had no second factor" in idp("users", "factors", "reset", ADA).stdout
    assert actions() == [
        ("factors.unlock", {"locked": ["totp"]}, {"locked": []}),
        ("factors.reset", taken, nothing),
    ]
    assert mails() == ["factors_reset"]


def test_the_operator_of_the_machine_holds_no_reset_mail_back(idp, with_app):
    idp("users", "factors", "reset", ADA)
    idp("users", "reset", ADA)
    assert mails() == ["factors_reset", "password_reset"]
