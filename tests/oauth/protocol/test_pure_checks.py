"""Scopes, PKCE and claims: values in, answer out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oauth.protocol import pkce, scopes

NAMES = st.sampled_from(["openid", "profile", "email", "offline_access", "a", "b"])
SETS = st.frozensets(NAMES)


@given(st.lists(NAMES), SETS)
def test_a_user_grants_never_more_than_asked_for_and_registered(asked, allowed):
    granted = scopes.granted_to_user(" ".join(asked), allowed=allowed).split()
    assert set(granted) <= allowed
    if asked:
        assert set(granted) == set(asked) & allowed
    assert len(granted) == len(set(granted))


@pytest.mark.parametrize(
    ("registered", "granted"),
    [
        ("account:profile account:read", "openid account:profile account:read"),
        ("account:read", "openid account:read"),
        ("account", "openid account"),
        ("email", "openid"),
    ],
)
def test_of_the_account_a_client_gets_the_parts_that_it_may_have(registered, granted):
    allowed = frozenset({"openid", *registered.split()})
    assert scopes.granted_to_user("openid account", allowed=allowed) == granted


@given(st.lists(NAMES, min_size=1), st.lists(NAMES, min_size=1))
def test_narrowing_never_widens(asked, granted):
    narrowed = scopes.narrowed(" ".join(asked), granted=" ".join(granted))
    both = set(asked) & set(granted)
    assert (set(narrowed.split()) if narrowed else None) == (both or None)


@given(SETS)
def test_nobody_is_signed_in_or_kept_signed_in_without_asking(allowed):
    granted = scopes.granted_to_user(None, allowed=allowed).split()
    assert not {"openid", "offline_access"} & set(granted)


@given(st.text(max_size=40))
def test_a_malformed_scope_is_told_apart_from_none(scope):
    values = scopes.parse(scope)
    well_formed = all(c in " !" or "#" <= c <= "[" or "]" <= c <= "~" for c in scope)
    assert (values is not None) == well_formed


def test_a_client_never_gets_scopes_about_a_person():
    allowed = frozenset({"openid", "read"})
    assert scopes.granted_to_client(None, allowed=allowed) == "read"
    assert scopes.granted_to_client("openid read", allowed=allowed) == "read"
    assert scopes.granted_to_client("openid", allowed=allowed) is None


def test_the_challenge_of_rfc_7636_appendix_b():
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert pkce.s256(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.mark.parametrize(
    ("challenge", "method", "named"),
    [
        (None, None, "code_challenge"),
        ("", "", "code_challenge"),
        (None, "S256", "code_challenge"),
        ("A" * 43, None, "code_challenge_method"),
        ("A" * 43, "plain", "S256"),
        ("A" * 43, "s256", "S256"),
        ("A" * 42, "S256", "43"),
        ("A" * 44, "S256", "43"),
        ("A" * 42 + "=", "S256", "43"),
        ("A" * 42 + "\n", "S256", "43"),
        ("A" * 42 + "é", "S256", "43"),
    ],
)
def test_a_bad_challenge_is_named(challenge, method, named):
    assert named in pkce.challenge_problem(challenge, method, required=True)


def test_a_waived_challenge_may_be_missing_but_not_weak():
    assert pkce.challenge_problem(None, None, required=False) is None
    assert pkce.challenge_problem("A" * 43, "plain", required=False)
    assert pkce.challenge_problem("A" * 43, "S256", required=False) is None


@given(st.text(max_size=140))
def test_a_verifier_is_43_to_128_unreserved_characters(verifier):
    unreserved = all(c.isascii() and (c.isalnum() or c in "-._~") for c in verifier)
    fits = 43 <= len(verifier) <= 128 and unreserved
    assert (pkce.verifier_problem(verifier) is None) == fits
