"""No table about people is forgotten, by the export or by the erasure."""

import pytest
from flask import Flask

from idp.accounts.lifecycle.personal_data import PersonalData
from idp.core.db import Model

# Tables that hold nothing about a person, each with the reason.
IMPERSONAL = {
    "alembic_version": "the revision of the database",
    "api_scopes": "what APIs can be asked for, declared by operators",
    "app_role_groups": "which groups have which role of an app",
    "app_roles": "roles of apps, declared by operators",
    "apis": "resource servers, declared by operators",
    "client_access_groups": "which groups may use which app",
    "client_apis": "which app may ask for which API",
    "attributes": "which fields all users have, defined by operators",
    "cache_versions": "how often what processes keep has changed",
    "clients": "apps, declared by operators",
    "client_logos": "pictures of apps",
    "client_origins": "where apps live",
    "client_secrets": "secrets of apps",
    "counters": "digests of what is counted, for minutes",
    "daily_counts": "how often something happened on a day",
    "groups": "names of groups, declared by operators",
    "instance": "what tells one installation from another",
    "instance_branding": "how the server looks, by operators",
    "instance_logos": "logos of the server",
    "job_runs": "how jobs of the server went",
    "job_turns": "when jobs are due again",
    "pending_logouts": "what apps ask for, for an hour; at most a session's id",
    "providers": "who else signs people in, declared by operators",
    "refusal_counts": "how often strangers were refused on a day",
    "refusals": "why requests were refused: names of what was sent, no address or id",
    "reserved_addresses": "a digest of an address that an erased person had",
    "reserved_usernames": "digests of usernames that were left, for a month",
    "revoked_tokens": "ids of tokens, until they would have expired",
    "scopes": "scope values about users, defined by operators",
    "signing_keys": "keys of the server",
    "spent_assertions": "digests of what apps signed, for an hour at most",
    "void_periods": "times between a backup and its restore",
}


def declared(app: Flask) -> PersonalData:
    return app.extensions["idp"][PersonalData]


def test_every_table_is_personal_or_says_why_not(app: Flask):
    personal = {held.table.name for held in declared(app).tables}
    tables = set(Model.metadata.tables)
    assert tables - personal - set(IMPERSONAL) == set()
    assert personal & set(IMPERSONAL) == set()


def points_to_people(table) -> bool:
    """Tell whether a row leads to a person, by a column or a chain of foreign keys."""
    parents = [key.column.table for key in table.foreign_keys]
    named = any("user_id" in column.name for column in table.columns)
    return named or any(p.name == "users" or points_to_people(p) for p in parents)


def test_no_table_that_leads_to_a_person_is_called_impersonal():
    leading = {t.name for t in Model.metadata.tables.values() if points_to_people(t)}
    assert leading & set(IMPERSONAL) == set()


def goes_with_its_person(table) -> bool:
    """Tell whether the database removes a row together with the one in ``users``."""
    if table.name == "users":
        return True
    return any(
        key.ondelete == "CASCADE" and goes_with_its_person(key.column.table)
        for key in table.foreign_keys
    )


def test_what_does_not_go_with_its_person_is_erased(app: Flask):
    staying = [
        held.name
        for held in declared(app).tables
        if held.erase is None and not goes_with_its_person(held.table)
    ]
    assert staying == []


def test_withheld_columns_exist_and_look_like_secrets(app: Flask):
    for held in declared(app).tables:
        for name in held.withheld:
            assert name in held.table.c, (held.name, name)


@pytest.mark.parametrize("suffix", ["_digest", "_hash", "_mac", "salt", "_sealed"])
def test_no_secret_column_is_exported(app: Flask, suffix):
    exported = {
        f"{held.table.name}.{column.name}"
        for held in declared(app).tables
        for column in held.table.c
        if column.name not in held.withheld
    }
    assert [name for name in exported if name.endswith(suffix)] == []
