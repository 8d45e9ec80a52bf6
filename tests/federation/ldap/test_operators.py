"""Operators set a directory up, and test it."""

import pytest

from idp.core.db import db
from idp.federation.providers.cache import find_provider
from idp.federation.providers.declared import apply_provider
from idp.federation.providers.errors import InvalidProvider, ProviderInUse
from idp.federation.trial import try_provider
from idp.security.outbound.client import Outbound
from idp.web.provider_words import told_trial, trial_of, trial_words
from tests.federation.ldap.company import signed_in
from tests.federation.ldap.slapd import BASE, SECRET


@pytest.fixture
def apply(app, directory):
    """Applies what a seed file says of the directory."""

    def applied(options=None, **said):
        known = {
            "id": "corp",
            "name": "Corp",
            "kind": "ldap",
            "client_secret": SECRET,
            "domains": ["corp.example"],
            "trust_email": True,
            "ldap": {**directory.options(), **(options or {})},
        }
        with app.app_context():
            apply_provider(known | said)
            db.session.commit()

    return applied


def tried(app):
    with app.app_context(), app.test_request_context():
        done = try_provider("corp")
        db.session.commit()
        assert trial_of(told_trial(done)) == done
        return trial_words(done)


def test_a_seed_file_sets_one_up(app, apply, corp, ada):
    apply()
    with app.app_context():
        assert find_provider("corp").claims["sub"] == "entryUUID"
    assert signed_in(corp.sign_in())


def test_it_can_be_tested(app, apply, make):
    apply()
    assert tried(app) == "It answers as it should, and knows this server."
    [noted] = make.records.audited_details("provider.tested")
    assert noted["after"] == {"passed": True, "step": None, "error": None}


@pytest.mark.parametrize(
    ("options", "said", "words"),
    [
        ({"url": "ldaps://localhost:9"}, {}, "Connecting failed. Nothing answered"),
        (
            {"ca": ""},
            {},
            "Encrypting the connection failed. Its certificate is of an authority",
        ),
        ({}, {"client_secret": "wrong"}, "The bind DN or its password is wrong."),
        ({"base_dn": f"ou=nowhere,{BASE}"}, {}, "There is nothing at the base DN"),
        (
            {"group_base_dn": f"ou=nowhere,{BASE}"},
            {"groups_claim": "cn"},
            "Searching for groups failed.",
        ),
    ],
)
def test_what_fails_is_said_in_our_words(app, apply, options, said, words):
    apply(options, **said)
    assert words in tried(app)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"url": ""}, "must be given"),
        ({"url": "https://localhost"}, "ldaps://ldap.example.com"),
        ({"url": "ldaps://localhost/dc=x"}, "ldaps://ldap.example.com"),
        ({"url": "ldaps://u:p@localhost"}, "ldaps://ldap.example.com"),
        ({"url": "ldaps://localhost:99999"}, "ldaps://ldap.example.com"),
        ({"base_dn": ""}, "must be given"),
        ({"base_dn": "people"}, "must be a name like"),
        ({"bind_dn": ""}, "must be given: a password is of it"),
        ({"tls": "maybe"}, "can be none alone"),
        ({"user_filter": "(uid=ada)"}, "must have {login} in it"),
        ({"user_filter": "uid={login}"}, "must be a filter in brackets"),
        ({"user_filter": "(&(uid={login})"}, "must be a filter in brackets"),
        ({"group_filter": "(member=all)"}, "must have {dn} / {login}"),
        ({"unknown_logins": "perhaps"}, "must be true or false"),
        ({"ca": "no certificate"}, "must be certificates in PEM"),
        ({"bind": "x"}, "not supported"),
    ],
)
def test_what_no_directory_can_be_is_refused(apply, options, words):
    with pytest.raises(InvalidProvider) as refused:
        apply(options)
    [error] = refused.value.errors
    assert error.field == f"ldap.{next(iter(options))}"
    assert words in error.message


def test_passwords_never_go_out_without_tls(app, apply):
    plain = {"url": "ldap://localhost", "tls": "none"}
    apply(plain)
    app.extensions["idp"][Outbound] = Outbound()
    with pytest.raises(InvalidProvider):
        apply(plain | {"base_dn": f"ou=others,{BASE}"})


def test_people_who_are_linked_stay_those_of_this_directory(apply, corp, ada):
    apply()
    corp.sign_in()
    apply({"group_base_dn": BASE})
    with pytest.raises(ProviderInUse):
        apply({"url": "ldaps://elsewhere.example"})


@pytest.mark.parametrize(
    "options", [{"url": "ldaps://evil.example"}, {"ca": ""}, {"tls": "none"}]
)
def test_a_password_goes_to_no_server_that_it_was_not_typed_for(app, apply, options):
    apply()
    with pytest.raises(InvalidProvider) as refused:
        apply(options, client_secret=None)
    assert {error.field for error in refused.value.errors} == {"client_secret"}
    apply({"user_filter": "(uid={login})"}, client_secret=None)
