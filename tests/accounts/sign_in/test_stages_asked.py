"""What is due where a client asks for a level, by proofs, factors and policy (pure)."""

from dataclasses import replace
from itertools import product

import pytest

from idp.accounts.factors.assurance import AcrRequest, level_of, meets
from idp.accounts.sessions.proofs import Method, Proof, with_proof
from idp.accounts.sign_in.stages import Assurance, Due, Stage, Unmet, next_stage
from tests.accounts.sign_in.stage_cases import (
    ADA,
    ENROLLED,
    NOW,
    POLICIES,
    PROOFS,
    shown,
)

# Under "optional" who has a second factor shows one, under "off" nobody has to.
# Values that a comma parts are in order; ! is an essential one.
TABLE = """
nothing, optional aal1      aal2      phr       phr,aal2  gold,aal2 aal2!     phr!
password          aal1      aal1      aal1      aal1      aal1      U         U
link              aal1      aal1      aal1      aal1      aal1      U         U
provider          aal1      aal1      aal1      aal1      aal1      U         U
key               aal1      aal1      aal1      aal1      aal1      U         U
passkey           aal1      aal2      phr       phr       aal2      aal2      phr
password totp     aal1      aal2      aal2      aal2      aal2      aal2      U
password recovery aal1      aal2      aal2      aal2      aal2      aal2      U
password mail     aal1      aal1      aal1      aal1      aal1      U         U
password link     aal1      aal1      aal1      aal1      aal1      U         U
link totp         aal1      aal2      aal2      aal2      aal2      aal2      U
password key      aal1      aal2      phr       phr       aal2      aal2      phr
password trusted  aal1      aal1      aal1      aal1      aal1      U         U

totp, optional    aal1      aal2      phr       phr,aal2  gold,aal2 aal2!     phr!
password          tr        tr        tr        tr        tr        tr        tr
link              tr        tr        tr        tr        tr        tr        tr
provider          tr        tr        tr        tr        tr        tr        tr
key               tr        tr        tr        tr        tr        tr        tr
passkey           aal1      aal2      phr       phr       aal2      aal2      phr
password totp     aal1      aal2      aal2      aal2      aal2      aal2      U
password recovery aal1      aal2      aal2      aal2      aal2      aal2      U
password mail     tr        tr        tr        tr        tr        tr        tr
password link     tr        tr        tr        tr        tr        tr        tr
link totp         aal1      aal2      aal2      aal2      aal2      aal2      U
password key      aal1      aal2      phr       phr       aal2      aal2      phr
password trusted  aal1      tr        aal1      tr        tr        tr        U

passkey, optional aal1      aal2      phr       phr,aal2  gold,aal2 aal2!     phr!
password          aal1      p         p         p         p         p         p
link              aal1      p         p         p         p         p         p
provider          aal1      p         p         p         p         p         p
key               aal1      aal1      aal1      aal1      aal1      U         U
passkey           aal1      aal2      phr       phr       aal2      aal2      phr
password totp     aal1      aal2      p         p         aal2      aal2      p
password recovery aal1      aal2      p         p         aal2      aal2      p
password mail     aal1      p         p         p         p         p         p
password link     aal1      p         p         p         p         p         p
link totp         aal1      aal2      p         p         aal2      aal2      p
password key      aal1      aal2      phr       phr       aal2      aal2      phr
password trusted  aal1      p         p         p         p         p         p

step, optional    aal1      aal2      phr       phr,aal2  gold,aal2 aal2!     phr!
password          pr        pr        p         p         pr        pr        p
link              pr        pr        p         p         pr        pr        p
provider          pr        pr        p         p         pr        pr        p
key               r         r         r         r         r         r         r
passkey           aal1      aal2      phr       phr       aal2      aal2      phr
password totp     aal1      aal2      p         p         aal2      aal2      p
password recovery aal1      aal2      p         p         aal2      aal2      p
password mail     pr        pr        p         p         pr        pr        p
password link     pr        pr        p         p         pr        pr        p
link totp         aal1      aal2      p         p         aal2      aal2      p
password key      aal1      aal2      phr       phr       aal2      aal2      phr
password trusted  aal1      pr        p         p         pr        pr        p

both, optional    aal1      aal2      phr       phr,aal2  gold,aal2 aal2!     phr!
password          ptr       ptr       p         p         ptr       ptr       p
link              ptr       ptr       p         p         ptr       ptr       p
provider          ptr       ptr       p         p         ptr       ptr       p
key               tr        tr        tr        tr        tr        tr        tr
passkey           aal1      aal2      phr       phr       aal2      aal2      phr
password totp     aal1      aal2      p         p         aal2      aal2      p
password recovery aal1      aal2      p         p         aal2      aal2      p
password mail     ptr       ptr       p         p         ptr       ptr       p
password link     ptr       ptr       p         p         ptr       ptr       p
link totp         aal1      aal2      p         p         aal2      aal2      p
password key      aal1      aal2      phr       phr       aal2      aal2      phr
password trusted  aal1      ptr       p         p         ptr       ptr       p

nothing, off      aal1      aal2      phr       phr,aal2  gold,aal2 aal2!     phr!
password          aal1      aal1      aal1      aal1      aal1      U         U
link              aal1      aal1      aal1      aal1      aal1      U         U
provider          aal1      aal1      aal1      aal1      aal1      U         U
key               aal1      aal1      aal1      aal1      aal1      U         U
passkey           aal1      aal2      phr       phr       aal2      aal2      phr
password totp     aal1      aal2      aal2      aal2      aal2      aal2      U
password recovery aal1      aal2      aal2      aal2      aal2      aal2      U
password mail     aal1      aal1      aal1      aal1      aal1      U         U
password link     aal1      aal1      aal1      aal1      aal1      U         U
link totp         aal1      aal2      aal2      aal2      aal2      aal2      U
password key      aal1      aal2      phr       phr       aal2      aal2      phr
password trusted  aal1      aal1      aal1      aal1      aal1      U         U

totp, off         aal1      aal2      phr       phr,aal2  gold,aal2 aal2!     phr!
password          aal1      tr        aal1      tr        tr        tr        U
link              aal1      tr        aal1      tr        tr        tr        U
provider          aal1      tr        aal1      tr        tr        tr        U
key               aal1      tr        tr        tr        tr        tr        tr
passkey           aal1      aal2      phr       phr       aal2      aal2      phr
password totp     aal1      aal2      aal2      aal2      aal2      aal2      U
password recovery aal1      aal2      aal2      aal2      aal2      aal2      U
password mail     aal1      tr        aal1      tr        tr        tr        U
password link     aal1      tr        aal1      tr        tr        tr        U
link totp         aal1      aal2      aal2      aal2      aal2      aal2      U
password key      aal1      aal2      phr       phr       aal2      aal2      phr
password trusted  aal1      tr        aal1      tr        tr        tr        U

passkey, off      aal1      aal2      phr       phr,aal2  gold,aal2 aal2!     phr!
password          aal1      p         p         p         p         p         p
link              aal1      p         p         p         p         p         p
provider          aal1      p         p         p         p         p         p
key               aal1      aal1      aal1      aal1      aal1      U         U
passkey           aal1      aal2      phr       phr       aal2      aal2      phr
password totp     aal1      aal2      p         p         aal2      aal2      p
password recovery aal1      aal2      p         p         aal2      aal2      p
password mail     aal1      p         p         p         p         p         p
password link     aal1      p         p         p         p         p         p
link totp         aal1      aal2      p         p         aal2      aal2      p
password key      aal1      aal2      phr       phr       aal2      aal2      phr
password trusted  aal1      p         p         p         p         p         p

step, off         aal1      aal2      phr       phr,aal2  gold,aal2 aal2!     phr!
password          aal1      pr        p         p         pr        pr        p
link              aal1      pr        p         p         pr        pr        p
provider          aal1      pr        p         p         pr        pr        p
key               aal1      r         r         r         r         r         r
passkey           aal1      aal2      phr       phr       aal2      aal2      phr
password totp     aal1      aal2      p         p         aal2      aal2      p
password recovery aal1      aal2      p         p         aal2      aal2      p
password mail     aal1      pr        p         p         pr        pr        p
password link     aal1      pr        p         p         pr        pr        p
link totp         aal1      aal2      p         p         aal2      aal2      p
password key      aal1      aal2      phr       phr       aal2      aal2      phr
password trusted  aal1      pr        p         p         pr        pr        p

both, off         aal1      aal2      phr       phr,aal2  gold,aal2 aal2!     phr!
password          aal1      ptr       p         p         ptr       ptr       p
link              aal1      ptr       p         p         ptr       ptr       p
provider          aal1      ptr       p         p         ptr       ptr       p
key               aal1      tr        tr        tr        tr        tr        tr
passkey           aal1      aal2      phr       phr       aal2      aal2      phr
password totp     aal1      aal2      p         p         aal2      aal2      p
password recovery aal1      aal2      p         p         aal2      aal2      p
password mail     aal1      ptr       p         p         ptr       ptr       p
password link     aal1      ptr       p         p         ptr       ptr       p
link totp         aal1      aal2      p         p         aal2      aal2      p
password key      aal1      aal2      phr       phr       aal2      aal2      phr
password trusted  aal1      ptr       p         p         ptr       ptr       p
"""
ASKED = ("aal1", "aal2", "phr", "phr,aal2", "gold,aal2", "aal2!", "phr!")
EVERY = list(product(PROOFS, ENROLLED, POLICIES, ASKED))


def rows_of_table():
    for grid in TABLE.strip().split("\n\n"):
        head, *lines = grid.split("\n")
        (enrolled, policy), asked = head[:18].strip().split(", "), head[18:].split()
        for line in lines:
            proofs, cells = line[:18].strip(), line[18:].split()
            for acr, cell in zip(asked, cells, strict=True):
                yield proofs, enrolled, policy, acr, cell


def request_of(acr):
    values = tuple(acr.removesuffix("!").split(","))
    return AcrRequest(values, essential=acr.endswith("!"))


def outcome(proofs, enrolled, policy, *, acr=None):
    user = replace(ADA, factors=ENROLLED[enrolled])
    wanted = POLICIES[policy]
    if acr:
        wanted = replace(wanted, asked=request_of(acr))
    return next_stage(user, proofs, policy=wanted)


@pytest.mark.parametrize(
    ("proofs", "enrolled", "policy", "acr", "cell"), list(rows_of_table())
)
def test_the_table_of_levels_that_are_asked_for(proofs, enrolled, policy, acr, cell):
    assert shown(outcome(PROOFS[proofs], enrolled, policy, acr=acr)) == cell


def test_the_table_of_levels_has_every_combination():
    named = {row[:4] for row in rows_of_table()}
    assert named == set(product(PROOFS, ENROLLED, ("optional", "off"), ASKED))


def test_what_a_policy_wants_is_due_whatever_is_asked_for():
    for proofs, enrolled, policy, acr in EVERY:
        without = outcome(PROOFS[proofs], enrolled, policy)
        due = outcome(PROOFS[proofs], enrolled, policy, acr=acr)
        if isinstance(without, Due):
            assert isinstance(due, Due)
            assert due.stage is without.stage or due.stage is Stage.SECOND_FACTOR
            assert set(due.methods) <= set(without.methods) or not without.methods


def test_only_an_essential_level_is_an_error():
    for proofs, enrolled, policy, acr in EVERY:
        if not request_of(acr).essential:
            due = outcome(PROOFS[proofs], enrolled, policy, acr=acr)
            assert not isinstance(due, Unmet)


def test_the_answer_names_the_first_value_that_is_met_else_the_level():
    for proofs, enrolled, policy, acr in EVERY:
        due = outcome(PROOFS[proofs], enrolled, policy, acr=acr)
        if isinstance(due, Assurance):
            level = level_of(PROOFS[proofs])
            met = [v for v in request_of(acr).values if meets(level, v)]
            assert due.acr == (met or [level])[0]
            assert met or not request_of(acr).essential


def done(proofs, method):
    return with_proof(proofs, Proof(method, NOW, user_verified=False))


def test_whatever_is_shown_of_what_is_due_it_is_enough_in_the_end():
    for name, enrolled, policy, acr in EVERY:
        waiting = [PROOFS[name]]
        for _ in Method:
            after = []
            for proofs in waiting:
                due = outcome(proofs, enrolled, policy, acr=acr)
                if isinstance(due, Due) and due.stage is Stage.SECOND_FACTOR:
                    after += [done(proofs, method) for method in due.methods]
            waiting = after
        assert waiting == []
