"""What is wrong with what is said of a provider, in words, field by field."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from idp.core.db import db
from idp.federation.providers.errors import InvalidProvider, ProviderIdTaken
from idp.federation.providers.keys import make_key
from idp.federation.providers.registry import change_provider, create_provider
from tests.federation.providers.declarations import acme, forge


def pem(key) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def refused(app, declared, *, secret="s3cret", provider_id="acme") -> dict[str, str]:
    """Return what is refused, by field."""
    with app.app_context(), pytest.raises(InvalidProvider) as refusal:
        create_provider(provider_id, declared, secret=secret)
    assert all(error.message for error in refusal.value.errors)
    return {error.field: str(error.message) for error in refusal.value.errors}


@pytest.mark.parametrize("provider_id", ["", "A", "a b", "-a", "a-", "ä", "a" * 65])
def test_an_id_stands_in_an_address(app, provider_id):
    found = refused(app, acme(), provider_id=provider_id)
    assert found == {"id": "must be small letters, digits and dashes between them"}


def test_an_id_is_no_page_of_operators(app):
    found = refused(app, acme(), provider_id="new")
    assert found == {"id": "is a word of this server itself"}


def test_an_id_is_taken_once(app):
    with app.app_context():
        create_provider("acme", acme(), secret="s3cret")
        with pytest.raises(ProviderIdTaken):
            create_provider("acme", acme(), secret="s3cret")


@pytest.mark.parametrize(
    "url",
    [
        "http://login.acme.example",
        "ftp://login.acme.example",
        "https://user@login.acme.example",
        "https://login.acme.example/#top",
        "https://login.acme.example?x=1",
        "https://idp.example",
        "login.acme.example",
        "http://localhost:5000",
        "",
    ],
)
def test_an_issuer_is_an_https_address_that_is_not_ours(app, url):
    assert list(refused(app, acme(issuer=url))) == ["issuer"]


@pytest.mark.parametrize(
    "environ", [{"IDP_ENVIRONMENT": "development", "IDP_ALLOW_LOOPBACK_FETCH": "true"}]
)
def test_in_development_an_issuer_may_be_this_machine(app, environ):
    with app.app_context():
        create_provider("acme", acme(issuer="http://localhost:5001"), secret="x")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"kind": "saml"}, "kind"),
        ({"link": "always"}, "link"),
        ({"icon": "https://x.example/i.svg"}, "icon"),
        ({"preset": "nobody"}, "preset"),
        ({"issuer": None}, "issuer"),
        ({"token_endpoint": "https://x.example"}, "token_endpoint"),
        ({"client_id": ""}, "client_id"),
        ({"client_id": "ä"}, "client_id"),
        ({"auth_method": "tls_client_auth"}, "auth_method"),
        ({"scopes": ("email",)}, "scopes"),
        ({"scopes": ("openid", "two words")}, "scopes"),
        ({"response_mode": "fragment"}, "response_mode"),
        ({"claims": {"email": "mail"}}, "claims"),
        ({"claims": {"sub": "sub", "roles": "roles"}}, "claims"),
        ({"groups": {"a": "b"}}, "groups_claim"),
        ({"groups_claim": "g", "roles": {"a": "king"}}, "roles"),
        ({"domains": ("ACME.example",)}, "domains"),
        ({"domains": ("localhost",)}, "domains"),
        ({"enforced": True}, "domains"),
        ({"acr": {"": "x"}}, "acr"),
        ({"position": -1}, "position"),
    ],
)
def test_each_mistake_is_named(app, said, field):
    assert list(refused(app, acme(**said))) == [field]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"userinfo_endpoint": None}, "userinfo_endpoint"),
        ({"token_endpoint": "http://forge.example/token"}, "token_endpoint"),
        ({"issuer": "https://forge.example"}, "issuer"),
    ],
)
def test_plain_oauth_needs_its_endpoints(app, said, field):
    assert list(refused(app, forge(**said))) == [field]


def test_all_mistakes_are_told_at_once(app):
    found = refused(app, acme(name="", client_id="", issuer="x"), secret=None)
    assert set(found) == {"name", "client_id", "issuer", "client_secret"}


@pytest.mark.parametrize("secret", [None, "", "ä", "a\nb"])
def test_a_secret_is_needed_to_be_sent(app, secret):
    assert list(refused(app, acme(), secret=secret)) == ["client_secret"]


@pytest.mark.parametrize(
    "secret",
    [
        "no key",
        pem(ec.generate_private_key(ec.SECP384R1())),
        pem(rsa.generate_private_key(65537, 2048)),
    ],
)
def test_apple_needs_the_key_that_it_made(app, secret):
    declared = acme(auth_method="apple", key_id="ABC123DEFG", team_id="DEF123GHIJ")
    assert list(refused(app, declared, secret=secret)) == ["client_secret"]
    with app.app_context():
        create_provider("acme", declared, secret=make_key())


def test_apple_names_the_key_and_its_owner(app):
    found = refused(app, acme(auth_method="apple"), secret=make_key())
    assert set(found) == {"key_id", "team_id"}


def test_a_weak_key_signs_nothing(app):
    weak = pem(rsa.generate_private_key(65537, 1024))
    found = refused(app, acme(auth_method="private_key_jwt"), secret=weak)
    assert list(found) == ["client_secret"]


def test_a_domain_belongs_to_one_provider(app):
    with app.app_context():
        create_provider("acme", acme(domains=("acme.example",)), secret="s3cret")
        with pytest.raises(InvalidProvider) as refusal:
            create_provider(
                "other", acme(name="Other", domains=("acme.example",)), secret="x"
            )
    [error] = refusal.value.errors
    assert str(error.message) == "acme.example belongs to Acme already"


def test_a_claim_tells_an_attribute_that_there_is(app, make):
    declared = acme(claims={"sub": "sub", "attributes.team": "dept"})
    found = refused(app, declared)
    assert found == {"claims": "has no place for 'attributes.team'"}
    make.attributes.define("team")
    with app.app_context():
        create_provider("acme", declared, secret="s3cret")
        db.session.commit()
    make.attributes.delete("team")
    with app.app_context():  # the rest of it can be changed all the same
        change_provider("acme", replace(declared, name="Another"))
