"""``idp policies``."""

import json

import pytest
from sqlalchemy import create_engine, text


def listed(idp, *options) -> dict:
    rows = json.loads(idp("policies", "list", "--json", *options).output)
    return {(row["scope"], row["scope_id"], row["key"]): row for row in rows}


def test_the_list_says_what_holds_and_why(idp, monkeypatch):
    monkeypatch.setenv("IDP_REGISTRATION", "closed")
    idp("policies", "set", "max_sessions", "3")
    idp("policies", "set", "max_sessions", "1", "--scope", "role", "--id", "admin")
    rows = listed(idp)
    shown = {place: (row["value"], row["source"]) for place, row in rows.items()}
    assert shown == {
        ("instance", "", "registration"): ("closed", "IDP_REGISTRATION"),
        ("instance", "", "registration_domains"): ([], "default"),
        ("instance", "", "fields"): ({}, "default"),
        ("instance", "", "require_verified_email"): (True, "default"),
        ("instance", "", "sign_in_methods"): (
            ["password", "link", "passkey", "magic_link", "provider"],
            "default",
        ),
        ("instance", "", "identifier_first"): (False, "default"),
        ("instance", "", "session_lifetime_seconds"): (86400, "default"),
        ("instance", "", "session_idle_seconds"): (7200, "default"),
        ("instance", "", "max_sessions"): (3, "row"),
        ("instance", "", "second_factor"): ("optional", "default"),
        ("instance", "", "email_code"): ("off", "default"),
        ("instance", "", "acr"): ("aal1", "default"),
        ("instance", "", "enrol_grace_days"): (0, "default"),
        ("instance", "", "trusted_browser_days"): (30, "default"),
        ("instance", "", "leaked_password"): ("keep", "default"),
        ("instance", "", "personal_access_tokens"): ("off", "default"),
        ("role", "admin", "max_sessions"): (1, "row"),
    }
    of_role = listed(idp, "--scope", "role", "--id", "admin")
    assert len(of_role) == 12
    assert of_role["role", "admin", "session_idle_seconds"]["value"] is None
    assert "max_sessions" in idp("policies", "list").output


def test_a_change_leaves_a_row_with_before_and_after(idp, database_url):
    idp("policies", "set", "sign_in_methods", "link,password")
    idp("policies", "set", "sign_in_methods", "password")
    idp("policies", "set", "sign_in_methods", "password")
    idp("policies", "unset", "sign_in_methods")
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        query = (
            "SELECT detail, user_id FROM audit_events "
            "WHERE event = 'policy.changed' ORDER BY id"
        )
        rows = connection.execute(text(query)).all()
    engine.dispose()
    details = [d if isinstance(d, dict) else json.loads(d) for d, _ in rows]
    assert [user for _, user in rows] == [None] * 3
    place = {"scope": "instance", "key": "sign_in_methods"}
    both, one = ["password", "link"], ["password"]
    assert details == [
        place | {"after": both},
        place | {"before": both, "after": one},
        place | {"before": one},
    ]


def test_one_change_prints_what_holds(idp):
    made = json.loads(idp("policies", "set", "registration", "closed", "--json").output)
    assert made["value"] == "closed"
    undone = json.loads(idp("policies", "unset", "registration", "--json").output)
    assert (undone["value"], undone["source"]) == ("open", "default")


@pytest.mark.parametrize(
    ("arguments", "words", "status"),
    [
        (("max_sessions", "0"), "1 to 1000", 2),
        (("registration", "shut"), "one of open, approval, waitlist", 2),
        (("session_idle_seconds", "1h"), "whole number", 2),
        (
            ("sign_in_methods", "voice"),
            "password, link, passkey, magic_link, provider",
            2,
        ),
        (("registration", "closed", "--scope", "role", "--id", "admin"), "no such", 2),
        (("max_sessions", "1", "--scope", "client", "--id", "x"), "no such", 3),
        (("max_sessions", "1", "--scope", "role", "--id", "king"), "no such", 3),
        (("max_sessions", "1", "--scope", "organization", "--id", "x"), "no such", 3),
        (("max_sessions", "1", "--id", "x"), "no such", 3),
        (("colour", "red"), "colour", 2),
    ],
)
def test_what_is_wrong_is_said(idp, arguments, words, status):
    assert words in idp("policies", "set", *arguments, status=status).stderr


def test_a_setting_that_was_given_is_changed_where_it_stands(idp, monkeypatch):
    idp("policies", "set", "registration", "closed")
    monkeypatch.setenv("IDP_REGISTRATION", "open")
    shown = listed(idp)["instance", "", "registration"]
    assert (shown["value"], shown["source"]) == ("open", "IDP_REGISTRATION")
    refused = idp("policies", "set", "registration", "open", status=4)
    assert "set by IDP_REGISTRATION" in refused.stderr
    idp("policies", "unset", "registration")
    monkeypatch.delenv("IDP_REGISTRATION")
    assert listed(idp)["instance", "", "registration"]["source"] == "default"
