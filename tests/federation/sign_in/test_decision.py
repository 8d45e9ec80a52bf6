"""Which identity opens which account: every row of the rule."""

from itertools import product

import pytest

from idp.federation.sign_in.decision import (
    AskToLink,
    LinkByAddress,
    LinkPolicy,
    LinkRefusal,
    Owner,
    Refuse,
    SignInFirst,
    SignInLinked,
    SignUp,
    Situation,
    Terms,
    decide,
)

TRUSTING = Terms(LinkPolicy.VERIFIED, trust_email=True)
ADA = Owner("ada", email_verified=True, privileged=False)
UNPROVEN = Owner("ada", email_verified=False, privileged=False)
ADMIN = Owner("ada", email_verified=True, privileged=True)
GONE = Owner("ada", email_verified=True, privileged=False, active=False)

CASES = {
    "a link signs in": (Situation(linked_to="ada"), Terms(), SignInLinked("ada")),
    "a link signs in whatever has become of the address": (
        Situation(linked_to="ada", owner=ADMIN, verified=True, domain_fits=False),
        Terms(LinkPolicy.NEVER, sign_up_refused=LinkRefusal.SIGN_UP_CLOSED),
        SignInLinked("ada"),
    ),
    "a link switches the account of the browser": (
        Situation(linked_to="ada", signed_in="bob"),
        Terms(),
        SignInLinked("ada"),
    ),
    "what is linked to another is not linked once more": (
        Situation(linked_to="ada", signed_in="bob", wants_link=True),
        TRUSTING,
        Refuse(LinkRefusal.LINKED_ELSEWHERE),
    ),
    "who links again what they have goes on": (
        Situation(linked_to="ada", signed_in="ada", wants_link=True),
        Terms(),
        SignInLinked("ada"),
    ),
    "who is signed in is asked": (
        Situation(signed_in="bob", owner=ADA, verified=True),
        TRUSTING,
        AskToLink(),
    ),
    "a known address has to sign in first": (
        Situation(owner=ADA, verified=True),
        Terms(trust_email=True),
        SignInFirst(),
    ),
    "where addresses link nothing a known one is refused": (
        Situation(owner=ADA, verified=True),
        Terms(LinkPolicy.NEVER, trust_email=True),
        Refuse(LinkRefusal.ADDRESS_TAKEN),
    ),
    "proven on both sides it links": (
        Situation(owner=ADA, verified=True),
        TRUSTING,
        LinkByAddress("ada", unproven=False),
    ),
    "an unproven local account is its owner's, without what opened it": (
        Situation(owner=UNPROVEN, verified=True),
        TRUSTING,
        LinkByAddress("ada", unproven=True),
    ),
    "unverified upstream it links nothing": (
        Situation(owner=ADA),
        TRUSTING,
        SignInFirst(),
    ),
    "of a provider that is not trusted it links nothing": (
        Situation(owner=ADA, verified=True),
        Terms(LinkPolicy.VERIFIED),
        SignInFirst(),
    ),
    "who administers is never linked by address": (
        Situation(owner=ADMIN, verified=True),
        TRUSTING,
        SignInFirst(),
    ),
    "an account that is not in use is not linked": (
        Situation(owner=GONE, verified=True),
        TRUSTING,
        SignInFirst(),
    ),
    "an unknown address signs up": (
        Situation(verified=True),
        TRUSTING,
        SignUp(verified=True),
    ),
    "it proves its address here where the provider's word is not taken": (
        Situation(verified=True),
        Terms(),
        SignUp(verified=False),
    ),
    "without an address it is asked for": (Situation(), Terms(), SignUp(False)),
    "where nobody may sign up nobody does": (
        Situation(verified=True),
        Terms(sign_up_refused=LinkRefusal.SIGN_UP_CLOSED),
        Refuse(LinkRefusal.SIGN_UP_CLOSED),
    ),
    "an address of another domain neither signs up nor links": (
        Situation(owner=ADA, verified=True, domain_fits=False),
        TRUSTING,
        Refuse(LinkRefusal.DOMAIN),
    ),
}


@pytest.mark.parametrize(("situation", "terms", "verdict"), CASES.values(), ids=CASES)
def test_what_becomes_of_an_identity(situation, terms, verdict):
    assert decide(situation, terms) == verdict


def test_where_addresses_are_private_an_unproven_one_tells_nothing():
    for link, refused in product(LinkPolicy, (None, LinkRefusal.SIGN_UP_CLOSED)):
        terms = Terms(link, sign_up_refused=refused, tells=False)
        answers = {
            decide(Situation(owner=owner), terms)
            for owner in (None, ADA, UNPROVEN, ADMIN)
        }
        assert answers == {Refuse(LinkRefusal.ADDRESS_UNPROVEN)}


def test_no_account_is_opened_by_an_address_alone():
    policies = product(LinkPolicy, (True, False), (True, False), (True, False))
    for link, trust, tells, verified in policies:
        terms = Terms(link, trust_email=trust, tells=tells)
        for owner in (ADA, UNPROVEN, ADMIN, GONE):
            found = decide(Situation(verified=verified, owner=owner), terms)
            allowed = link is LinkPolicy.VERIFIED and trust and verified
            if isinstance(found, LinkByAddress):
                assert allowed
                assert owner in (ADA, UNPROVEN)
            else:
                assert not isinstance(found, SignInLinked | SignUp)
