"""What is due after which proofs, by what is enrolled and what policies want (pure)."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.accounts.factors.assurance import LEVELS, level_of, meets, strictest
from idp.accounts.sessions.proofs import (
    Method,
    Proof,
    amr_of,
    auth_time_of,
    read_proofs,
    with_proof,
)
from idp.accounts.sign_in.stages import Assurance, Due, Stage, next_stage
from tests.accounts.sign_in.stage_cases import (
    ADA,
    ENROLLED,
    NOW,
    POLICIES,
    PROOFS,
    shown,
)

TABLE = """
enrolled nothing  off    optional mail   required grace  aal2   phr
password          aal1   aal1     m      E        aal1   E      E
link              aal1   aal1     E      E        aal1   E      E
provider          aal1   aal1     m      E        aal1   E      E
key               aal1   aal1     m      E        aal1   E      E
passkey           phr    phr      phr    phr      phr    phr    phr
password totp     aal2   aal2     aal2   aal2     aal2   aal2   E
password recovery aal2   aal2     aal2   aal2     aal2   aal2   E
password mail     aal1   aal1     aal1   E        aal1   E      E
password link     aal1   aal1     E      E        aal1   E      E
link totp         aal2   aal2     aal2   aal2     aal2   aal2   E
password key      phr    phr      phr    phr      phr    phr    phr
password trusted  aal1   aal1     aal1   aal1     aal1   E      E

enrolled totp     off    optional mail   required grace  aal2   phr
password          aal1   tr       tmr    tr       tr     tr     tr
link              aal1   tr       tr     tr       tr     tr     tr
provider          aal1   tr       tmr    tr       tr     tr     tr
key               aal1   tr       tmr    tr       tr     tr     tr
passkey           phr    phr      phr    phr      phr    phr    phr
password totp     aal2   aal2     aal2   aal2     aal2   aal2   E
password recovery aal2   aal2     aal2   aal2     aal2   aal2   E
password mail     aal1   tr       aal1   tr       tr     tr     tr
password link     aal1   tr       tr     tr       tr     tr     tr
link totp         aal2   aal2     aal2   aal2     aal2   aal2   E
password key      phr    phr      phr    phr      phr    phr    phr
password trusted  aal1   aal1     aal1   aal1     aal1   tr     E

enrolled passkey  off    optional mail   required grace  aal2   phr
password          aal1   aal1     pm     p        p      p      p
link              aal1   aal1     p      p        p      p      p
provider          aal1   aal1     pm     p        p      p      p
key               aal1   aal1     m      E        aal1   E      E
passkey           phr    phr      phr    phr      phr    phr    phr
password totp     aal2   aal2     aal2   aal2     aal2   aal2   p
password recovery aal2   aal2     aal2   aal2     aal2   aal2   p
password mail     aal1   aal1     aal1   p        p      p      p
password link     aal1   aal1     p      p        p      p      p
link totp         aal2   aal2     aal2   aal2     aal2   aal2   p
password key      phr    phr      phr    phr      phr    phr    phr
password trusted  aal1   aal1     aal1   aal1     aal1   p      p

enrolled step     off    optional mail   required grace  aal2   phr
password          aal1   pr       pmr    pr       pr     pr     p
link              aal1   pr       pr     pr       pr     pr     p
provider          aal1   pr       pmr    pr       pr     pr     p
key               aal1   r        mr     r        r      r      r
passkey           phr    phr      phr    phr      phr    phr    phr
password totp     aal2   aal2     aal2   aal2     aal2   aal2   p
password recovery aal2   aal2     aal2   aal2     aal2   aal2   p
password mail     aal1   pr       aal1   pr       pr     pr     p
password link     aal1   pr       pr     pr       pr     pr     p
link totp         aal2   aal2     aal2   aal2     aal2   aal2   p
password key      phr    phr      phr    phr      phr    phr    phr
password trusted  aal1   aal1     aal1   aal1     aal1   pr     p

enrolled both     off    optional mail   required grace  aal2   phr
password          aal1   ptr      ptmr   ptr      ptr    ptr    p
link              aal1   ptr      ptr    ptr      ptr    ptr    p
provider          aal1   ptr      ptmr   ptr      ptr    ptr    p
key               aal1   tr       tmr    tr       tr     tr     tr
passkey           phr    phr      phr    phr      phr    phr    phr
password totp     aal2   aal2     aal2   aal2     aal2   aal2   p
password recovery aal2   aal2     aal2   aal2     aal2   aal2   p
password mail     aal1   ptr      aal1   ptr      ptr    ptr    p
password link     aal1   ptr      ptr    ptr      ptr    ptr    p
link totp         aal2   aal2     aal2   aal2     aal2   aal2   p
password key      phr    phr      phr    phr      phr    phr    phr
password trusted  aal1   aal1     aal1   aal1     aal1   ptr    p
"""


def rows_of_table():
    for grid in TABLE.strip().split("\n\n"):
        head, *lines = grid.split("\n")
        enrolled, *policies = head.removeprefix("enrolled ").split()
        for line in lines:
            proofs, cells = line[:18].strip(), line[18:].split()
            for policy, cell in zip(policies, cells, strict=True):
                yield enrolled, proofs, policy, cell


@pytest.mark.parametrize(
    ("enrolled", "proofs", "policy", "cell"), list(rows_of_table())
)
def test_the_table_of_stages(enrolled, proofs, policy, cell):
    user = replace(ADA, factors=ENROLLED[enrolled])
    due = next_stage(user, PROOFS[proofs], policy=POLICIES[policy])
    assert shown(due) == cell


def test_the_table_has_every_combination():
    named = [row[:3] for row in rows_of_table()]
    assert len(set(named)) == len(named)
    assert len(named) == len(ENROLLED) * len(PROOFS) * len(POLICIES)


AMR = {
    "password": ["pwd"],
    "link": ["otp"],
    "provider": ["fed"],
    "key": ["hwk", "user"],
    "passkey": ["hwk", "mfa", "user"],
    "password totp": ["mfa", "otp", "pwd"],
    "password recovery": ["mfa", "otp", "pwd"],
    "password mail": ["otp", "pwd"],
    "password link": ["otp", "pwd"],
    "link totp": ["mfa", "otp"],
    "password key": ["hwk", "mfa", "pwd", "user"],
    "password trusted": ["pwd"],
}


@pytest.mark.parametrize("name", PROOFS)
def test_what_tokens_say_of_proofs(name):
    assert amr_of(PROOFS[name]) == AMR[name]


def test_a_synced_passkey_is_named_so():
    synced = Proof(Method.PASSKEY, NOW, user_verified=True, synced=True)
    assert amr_of((synced,)) == ["mfa", "swk", "user"]


def test_a_password_terms_and_an_address_come_after_the_second_factor():
    new = replace(
        ADA, must_change_password=True, email_verified=False, factors=["totp"]
    )
    password, both = PROOFS["password"], PROOFS["password totp"]
    required = POLICIES["required"]
    assert next_stage(new, password, policy=required).stage is Stage.SECOND_FACTOR
    assert next_stage(new, both, policy=required) == Due(Stage.PASSWORD)
    new = replace(new, must_change_password=False)
    with_terms = replace(required, unaccepted=lambda: ["terms"])
    assert next_stage(new, both, policy=with_terms) == Due(Stage.TERMS)
    assert next_stage(new, both, policy=required) == Due(Stage.EMAIL)
    lax = replace(required, verified_email=False)
    assert isinstance(next_stage(new, both, policy=lax), Assurance)


def test_the_address_is_confirmed_before_a_factor_is_set_up():
    new = replace(ADA, email_verified=False)
    required = replace(POLICIES["required"], verified_email=False)
    assert next_stage(new, PROOFS["password"], policy=required) == Due(Stage.EMAIL)


def test_no_code_is_mailed_to_an_address_that_is_not_proven():
    new = replace(ADA, email_verified=False)
    due = next_stage(new, PROOFS["password"], policy=POLICIES["mail"])
    assert due == Due(Stage.EMAIL)


def test_the_sign_in_is_as_old_as_its_last_proof():
    later = NOW + timedelta(hours=2)
    proofs = with_proof(PROOFS["password"], Proof(Method.TOTP, later))
    assert auth_time_of(proofs) == later
    trusted = with_proof(PROOFS["password"], Proof(Method.TRUSTED_BROWSER, later))
    assert auth_time_of(trusted) == NOW


MANY = st.lists(
    st.builds(
        Proof,
        st.sampled_from([m for m in Method if m is not Method.TRUSTED_BROWSER]),
        st.datetimes(timezones=st.just(UTC)),
        user_verified=st.just(False),
    ),
    min_size=1,
    max_size=5,
).map(tuple)


@given(MANY, MANY)
def test_one_more_proof_never_lowers_the_level(some, more):
    both = some
    for proof in more:
        both = with_proof(both, proof)
    assert meets(level_of(both), level_of(some))


@given(MANY)
def test_proofs_are_read_as_they_were_stored(proofs):
    assert read_proofs([proof.stored() for proof in proofs]) == proofs


def test_a_level_is_met_by_itself_and_those_above():
    assert [meets("aal2", level) for level in LEVELS] == [True, True, False]
    assert not meets("phr", "urn:unknown")
    assert strictest(["aal2", "aal1"]) == "aal2"
    assert strictest([]) == "aal1"
