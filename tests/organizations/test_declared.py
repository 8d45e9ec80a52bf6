"""Organizations that a seed declares."""

import pytest

from idp.core.db import db
from idp.core.settings.declared import ConfigurationError
from idp.ops.seed import apply_seed, read_seed
from idp.organizations.memberships import list_memberships
from idp.organizations.registry import find_organization

ACME = """
[[organizations]]
slug = "acme"
name = "Acme"
roles = { billing = ["pay"] }
members = { ada = ["owner"], "bob@example.com" = ["billing"] }
"""
SWAPPED = ACME.replace('["owner"]', "[]").replace('"billing"]', '"owner"]')


@pytest.fixture
def people(make) -> list[str]:
    ada = make.users.account("ada@example.com", username="ada")
    return [ada.id, make.users.account("bob@example.com").id]


@pytest.fixture
def seed(app, tmp_path):
    """Apply a seed."""

    def apply(text: str) -> list[str]:
        file = tmp_path / "seed.toml"
        file.write_text(text)
        with app.app_context():
            remarks = apply_seed(read_seed(file))
            db.session.remove()
        return [str(remark) for remark in remarks]

    return apply


def test_they_are_made_so_again_and_again(app, seed, people):
    seen = []
    for text in (ACME, ACME, SWAPPED):
        seed(text)
        with app.app_context():
            seen.append([list_memberships(user_id)[1].roles for user_id in people])
    assert seen == [
        [("owner",), ("member", "billing")],
        [("owner",), ("member", "billing")],
        [("member",), ("owner",)],
    ]


def test_one_whose_logo_is_out_of_reach_goes_without(app, seed, people):
    """A server starts, also the first time, whatever has become of another one."""
    linked = ACME + 'logo_uri = "https://10.0.0.1/logo.png"\n'
    for _ in range(2):
        (remark,) = seed(linked)
        assert "logo_uri: A logo is fetched from here" in remark
        assert "It is left out" in remark
    with app.app_context():
        assert find_organization("acme").logo_uri is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('slug = "No!"', "slug: Use 2 to 31"),
        ('slug = "acme"', "name: must be given"),
        ('slug = "acme"\nname = "A"\ncolour = "red"', "colour: not supported"),
        ('slug = "acme"\nname = "A"\nmembers = { eve = [] }', "members: there is no"),
        ('slug = "acme"\nname = "A"\nroles = ["x"]', "roles: must be a table"),
    ],
)
def test_what_is_wrong_is_said(seed, text, words):
    with pytest.raises(ConfigurationError) as refused:
        seed(f"[[organizations]]\n{text}\n")
    assert words in str(refused.value)
