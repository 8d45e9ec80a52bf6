"""Providers that many have: what is known of them is enough, and fits."""

import pytest

from idp.federation.providers.declared import read_declaration
from idp.federation.providers.errors import InvalidProvider
from idp.federation.providers.keys import make_key
from idp.federation.providers.presets import PRESETS
from idp.federation.providers.registry import create_provider

TENANT = "72F988BF-86f1-41af-91ab-2d7cd011db47"
ANSWERS = {
    "ldap": {
        "url": "ldaps://ad.example",
        "bind_dn": "CORP\\idp",
        "base_dn": "dc=corp,dc=example",
    },
    "team_id": "DEF123GHIJ",
    "key_id": "ABC123DEFG",
    "issuer": "https://sso.example/realms/main",
}


@pytest.mark.parametrize("preset", PRESETS)
def test_with_what_it_asks_for_each_can_be_set_up(app, preset):
    asks = PRESETS[preset].asks
    tenant = TENANT if "tenant" in asks else None
    said = {name: ANSWERS[name] for name in asks if name in ANSWERS}
    declared = read_declaration(
        {"preset": preset, "client_id": "us", **said}, tenant=tenant
    )
    secret = make_key() if preset == "apple" else "s3cret"
    with app.app_context():
        made = create_provider(preset, declared, secret=secret)
    assert (made.name, made.icon) == (PRESETS[preset].name, preset)
    assert not made.trust_email


def test_a_directory_of_microsoft_is_named_by_its_id():
    declared = read_declaration({"preset": "microsoft"}, tenant=f" {TENANT} ")
    assert declared.issuer == f"https://login.microsoftonline.com/{TENANT.lower()}/v2.0"


@pytest.mark.parametrize("tenant", [None, "common", "organizations", "acme.example"])
def test_no_other_directory_is_taken(tenant):
    with pytest.raises(InvalidProvider) as refusal:
        read_declaration({"preset": "microsoft"}, tenant=tenant)
    assert [error.field for error in refusal.value.errors] == ["tenant"]


def test_who_has_no_directories_is_asked_for_none():
    with pytest.raises(InvalidProvider):
        read_declaration({"preset": "google"}, tenant=TENANT)


def test_what_is_said_wins_over_a_preset():
    declared = read_declaration(
        {"preset": "google", "name": "Work", "scopes": ["openid"]}
    )
    assert (declared.name, declared.scopes) == ("Work", ("openid",))


@pytest.mark.parametrize("said", [{}, {"kind": "oidc"}])
def test_an_openid_provider_is_asked_for_what_most_ask_for(said):
    assert read_declaration(said).scopes == ("openid", "profile", "email")
    assert read_declaration({"kind": "oauth2"}).scopes == ()


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"issuers": "x"}, "not supported"),
        ({"name": 1}, "must be text"),
        ({"name": None}, "must be text"),
        ({"scopes": "openid"}, "must be a list of texts"),
        ({"claims": ["sub"]}, "must be a table of texts"),
        ({"trust_email": "no"}, "must be true or false"),
        ({"position": True}, "must be a whole number"),
    ],
)
def test_what_is_no_member_or_of_another_type_is_refused(said, problem):
    with pytest.raises(InvalidProvider) as refusal:
        read_declaration(said)
    [error] = refusal.value.errors
    assert (error.field, str(error.message)) == (next(iter(said)), problem)
