"""Attributes and scopes that a seed declares."""

import pytest

from idp.accounts.profile.attributes.registry import definitions
from idp.core.settings.declared import ConfigurationError
from idp.federation.providers.cache import find_provider
from idp.oauth.custom_scopes.registry import get_scope

SEED = """
[[attributes]]
key = "team"
type = "choice"
label = { en = "Team", de = "Gruppe" }
choices = ["A", "B"]
claim = "team"
scope = "hr"
editable_by = "admin"

[[attributes]]
key = "desk"
label = "Your desk"

[[scopes]]
name = "hr"
description = "See where you work"
claims = ["team", "email"]

[[providers]]
id = "work"
preset = "google"
client_id = "us"
client_secret = "hush"
claims = { sub = "sub", email = "email", "attributes.team" = "department" }
"""
SWAPPED = SEED.replace('claim = "team"', 'claim = "squad"').replace(
    'claims = ["team", ', 'claims = ["squad", '
)


def test_they_are_made_so_again_and_again(app, seed, make):
    seen = []
    for text in (SEED, SEED, SWAPPED):
        seed(text)
        with app.app_context():
            seen.append((definitions()["team"].claim, get_scope("hr").claims))
            assert definitions()["team"].scope == "hr"
            assert definitions()["desk"].label == {"en": "Your desk"}
            assert get_scope("hr").description == {"en": "See where you work"}
            assert find_provider("work").attributes == {"team": "department"}
    before = ("team", ("team", "email"))
    assert seen == [before, before, ("squad", ("squad", "email"))]
    # Made, and opened by the scope once that was there; changed once.
    assert len(make.records.audited("attribute.changed")) == 2
    assert len(make.records.audited("scope.changed")) == 1


def test_users_are_declared_with_values(seed, make):
    since = '[[attributes]]\nkey = "since"\ntype = "date"\neditable_by = "admin"\n'
    ada = '[[users]]\nemail = "ada@example.com"\nemail_verified = true\n'
    seed(SEED + since + ada + 'attributes = { team = "A", since = 2026-11-29 }')
    seed(SEED + since + ada + 'attributes = { team = "B" }')
    row = make.records.user_row(make.records.user_id_of("ada@example.com"))
    assert row["attributes"] == {"team": "B", "since": "2026-11-29"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            f'{SEED}[[users]]\nemail = "a@b.example"\nattributes = {{ team = "C" }}',
            "[[users]] 1: attributes.team: Choose one of these: A, B.",
        ),
        ('[[attributes]]\ntype = "text"', "attributes]] 1: key: must be given"),
        ('[[attributes]]\nkey = "a"\ncolour = "red"', "colour: not supported"),
        ('[[attributes]]\nkey = "a"\nlabel = ["A"]', "label: must be text by language"),
        ('[[attributes]]\nkey = "a"\nclaim = "sub"', "claim: means something else"),
        ('[[scopes]]\nname = "hr"\nclaims = "team"', "claims: must be a list"),
        ('[[scopes]]\nname = "hr"\nclaims = ["team"]', "there is no claim 'team'"),
    ],
)
def test_what_is_wrong_is_said_once(seed, text, words):
    with pytest.raises(ConfigurationError) as refused:
        seed(text)
    [told] = map(str, refused.value.problems)
    assert words in told
