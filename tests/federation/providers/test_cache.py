"""Finding providers: what a process keeps of them, and what proves us there."""

import pytest
from sqlalchemy.exc import IntegrityError

from idp.core.context import current
from idp.federation.providers.cache import (
    ProviderCache,
    find_provider,
    list_providers,
)
from idp.federation.providers.secrets import open_secret


def test_a_provider_is_found_with_all_that_was_said_of_it(app, make):
    make.providers.provider("acme", domains=["acme.example"], link="never")
    with app.app_context():
        found = find_provider("acme")
    assert (found.domains, found.link, found.claims["sub"]) == (
        ("acme.example",), "never", "sub",
    )  # fmt: skip
    assert found.scopes == ("openid", "profile", "email")


def test_they_come_in_the_order_of_operators(app, make):
    for provider_id, position in (("b", 2), ("c", 1), ("a", 2)):
        make.providers.provider(provider_id, position=position)
    with app.app_context():
        assert [found.id for found in list_providers()] == ["c", "a", "b"]


def test_that_there_are_none_costs_no_statement_either(app, statements):
    with app.app_context():
        assert list_providers() == ()
        with statements() as seen:
            assert list_providers() == ()
            assert find_provider("acme") is None
    assert seen == []


def test_its_secret_opens_for_itself_alone_and_is_never_told(app, make):
    made = make.providers.provider("acme", secret="hush hush")
    with app.app_context():
        assert open_secret(made) == "hush hush"
    assert "hush" not in repr(made)
    assert b"hush" not in made.secret_sealed


def test_a_change_elsewhere_is_heard(app, make):
    with app.app_context():
        list_providers()
        kept = current(ProviderCache)
    make.providers.provider("acme")
    with app.app_context():
        assert kept is current(ProviderCache)
        assert find_provider("acme") is not None


def test_an_identity_opens_one_account(app, make):
    ada, bob = (
        make.users.account("ada@example.com"),
        make.users.account("b@example.com"),
    )
    make.providers.provider("acme")
    make.providers.link("acme", ada.id, subject="1")
    with pytest.raises(IntegrityError):
        make.providers.link("acme", bob.id, subject="1")


def test_links_are_in_the_export_of_their_user_without_tokens(make, browser):
    ada = make.users.account("ada@example.com")
    make.providers.provider("acme")
    make.providers.link("acme", ada.id, subject="1", tokens_sealed=b"sealed")
    browser.sign_in(ada.email, ada.password)
    browser.open("/account/data")
    [held] = browser.submit("/account/data/export").json["linked_identities"]
    assert (held["provider_id"], held["subject"]) == ("acme", "1")
    assert "tokens_sealed" not in held
