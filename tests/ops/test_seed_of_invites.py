"""Invites and waitlists of a seed file: there afterwards, and once."""

import pytest
from sqlalchemy import select

from idp.accounts.policies.effective import effective
from idp.accounts.policies.keys import SECOND_FACTOR, SESSION_LIFETIME, Scope
from idp.accounts.registration.waitlist.letting_in import list_places
from idp.core.db import db
from idp.core.paging import FirstItems
from idp.core.settings.declared import ConfigurationError
from idp.organizations.domains.verified import verified_of
from idp.organizations.models import Invite, WaitlistEntry
from idp.organizations.registry import get_organization

SEED = """
[[users]]
email = "ada@example.com"
email_verified = true

[[organizations]]
slug = "acme"
name = "Acme"
members = { "ada@example.com" = ["owner"] }
domains = ["Corp.example"]

[[policies]]
scope = "organization"
scope_id = "acme"
values = { second_factor = "required", allowed_clients = ["notes"] }

[[policies]]
values = { session_lifetime_seconds = 3600 }

[[invites]]
email = "Grace@example.com"
organization = "acme"
roles = ["admin"]

[[invites]]
email = "new@example.com"

[[waitlists]]
feature = "dark-mode"
user = "ada@example.com"
organization = "acme"

[[waitlists]]
feature = "dark-mode"
user = "ada@example.com"

[[waitlist]]
email = "Edsger@example.com"
note = "Choir"
client_id = "notes"

[[waitlist]]
email = "ada@example.com"

[[clients]]
client_id = "notes"
client_name = "Notes"
token_endpoint_auth_method = "none"
redirect_uris = ["https://notes.example/cb"]
"""


def kept() -> tuple[list[tuple[str, str, bool]], list[str]]:
    invites = db.session.scalars(select(Invite).order_by(Invite.email)).all()
    waiting = db.session.scalars(select(WaitlistEntry.feature)).all()
    told = [(row.email, row.roles, row.organization_id is None) for row in invites]
    return told, list(waiting)


def test_they_are_there_and_sent_once(seed, app, make):
    for _start in range(2):
        seed(SEED)
        with app.app_context():
            assert kept() == (
                [
                    ("Grace@example.com", "admin", False),
                    ("new@example.com", "", True),
                ],
                ["dark-mode", "dark-mode"],
            )
            [place] = list_places(FirstItems(9)).items
            assert place.email == "Edsger@example.com"  # Ada has an account
            assert (place.note, place.client_id) == ("Choir", "notes")
            acme = get_organization("acme").id
            assert verified_of(acme) == ("corp.example",)
            assert effective(SESSION_LIFETIME) == 3600
            in_acme = {(Scope.ORGANIZATION, acme)}
            assert effective(SECOND_FACTOR, in_acme) == "required"
    assert len(make.records.mails_to("new@example.com")) == 1


def test_what_an_invite_or_an_entry_gets_wrong_is_said(seed):
    wrong = """
    [[invites]]
    email = "no address"
    [[invites]]
    email = "a@example.com"
    organization = "nowhere"
    [[waitlists]]
    feature = "Dark mode"
    user = "nobody"
    [[waitlist]]
    email = "no address"
    [[waitlist]]
    email = "b@example.com"
    client_id = "nowhere"
    [[waitlist]]
    email = "c@example.com"
    state = "waiting"
    [[policies]]
    values = { second_factor = "perhaps" }
    [[policies]]
    scope = "organization"
    scope_id = "nowhere"
    values = {}
    [[policies]]
    scope = "instance"
    """
    with pytest.raises(ConfigurationError) as refused:
        seed(wrong)
    said = str(refused.value)
    assert "[[invites]] 1" in said
    assert "organization: there is none of this short name" in said
    assert "user: there is no user nobody" in said
    assert "[[waitlist]] 1: email: Enter an email address" in said
    assert "[[waitlist]] 2: client_id: There is no such app." in said
    assert "[[waitlist]] 3: state: not supported" in said
    assert "[[policies]] 1: second_factor: " in said
    assert "[[policies]] 2: There is no such client, role or organization." in said
    assert "[[policies]] 3: values: must be a table" in said
