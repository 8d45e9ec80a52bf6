"""Organizations that a seed declares."""

import pytest

from idp.core.db import db
from idp.core.settings.declared import ConfigurationError
from idp.ops.seed import apply_seed, read_seed
from idp.organizations.memberships import list_memberships

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

    def apply(text: str) -> None:
        file = tmp_path / "seed.toml"
        file.write_text(text)
        with app.app_context():
            apply_seed(read_seed(file))
            db.session.remove()

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
