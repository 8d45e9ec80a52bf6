"""The rule of who may sign up, by itself."""

from itertools import product

import pytest

from idp.accounts.policies.keys import REGISTRATION
from idp.accounts.registration.admission import (
    NOTHING,
    Admission,
    AdmissionRefusal,
    Opener,
    address_refusal,
    refusal_of,
    waits_for_operator,
)

MODES = REGISTRATION.kind.names
BY = {opener: Admission(opener) for opener in Opener}


@pytest.mark.parametrize(
    ("mode", "refusal"),
    [
        ("open", None),
        ("waitlist", AdmissionRefusal.WAITLIST),
        ("invite", AdmissionRefusal.INVITE),
        ("closed", AdmissionRefusal.CLOSED),
    ],
)
def test_who_brings_nothing_is_told_what_is_asked_for(mode, refusal):
    assert refusal_of(NOTHING, mode) == refusal


@pytest.mark.parametrize("opener", [Opener.INVITE, Opener.WAITLIST])
def test_who_was_let_in_is_let_in_unless_all_is_closed(opener):
    found = {mode: refusal_of(BY[opener], mode) for mode in MODES}
    closed = found.pop("closed")
    assert closed is AdmissionRefusal.CLOSED
    assert set(found.values()) == {None}


def test_who_brings_nothing_waits_unless_all_are_let_in_by_now():
    """Policies may get stricter between the question of who is let in and this one."""
    waiting = {
        (opener, mode)
        for opener, mode in product(Opener, MODES)
        if waits_for_operator(BY[opener], mode)
    }
    assert waiting == {(Opener.NOTHING, mode) for mode in MODES if mode != "open"}


def test_an_operator_makes_any_account():
    for mode, domains in product(MODES, [(), ("corp.example",)]):
        operator = BY[Opener.OPERATOR]
        assert refusal_of(operator, mode) is None
        assert address_refusal(operator, "a@b.example", domains=domains) is None


@pytest.mark.parametrize("opener", [Opener.NOTHING, Opener.INVITE, Opener.WAITLIST])
@pytest.mark.parametrize(
    ("address", "refusal"),
    [
        ("ada@corp.example", None),
        ("ada@CORP.example", None),
        ("ada@bücher.example", None),
        ("ada@sub.corp.example", AdmissionRefusal.DOMAIN),
        ("ada@corp.example.evil.example", AdmissionRefusal.DOMAIN),
        ("ada@xcorp.example", AdmissionRefusal.DOMAIN),
        ("ada", AdmissionRefusal.DOMAIN),
    ],
)
def test_domains_are_for_all_whom_no_operator_makes(opener, address, refusal):
    domains = ("corp.example", "xn--bcher-kva.example")
    assert address_refusal(BY[opener], address, domains=domains) == refusal


def test_what_is_for_one_address_lets_in_no_other():
    invited = Admission(Opener.INVITE, address="Ada@Corp.example")
    assert address_refusal(invited, "ada@corp.example", domains=()) is None
    other = address_refusal(invited, "eve@corp.example", domains=())
    assert other is AdmissionRefusal.OTHER_ADDRESS
